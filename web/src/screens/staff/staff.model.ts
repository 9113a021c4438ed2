/** Decisions of the staff pages that need no screen. [pure] */

import type { ApiError, LinkLine, MeetingLine, NewMeeting, ParticipantLine } from "../../live/api.ts";
import { excess, LONGEST_NAME, LONGEST_WORDS } from "../../live/letters.ts";
import type { Role } from "../../live/protocol.gen.ts";
import { instantMeant, type WallTime } from "./wall_time.ts";

/** Meetings to work on first: in session, then the next planned, then the past, newest first. */
export function ordered(meetings: readonly MeetingLine[]): MeetingLine[] {
  const rank = { in_session: 0, planned: 1, closed: 2, adjourned: 2, cancelled: 3 };
  return [...meetings].sort((a, b) => {
    if (rank[a.phase] !== rank[b.phase]) return rank[a.phase] - rank[b.phase];
    const order = a.scheduled_at < b.scheduled_at ? -1 : 1;
    return a.phase === "planned" ? order : -order;
  });
}

/** Those who answer for the meeting or the case may hand out and end its links, until it is over. */
export function mayChangeLinks(meeting: Pick<MeetingLine, "my_role" | "phase">): boolean {
  const is_open = meeting.phase === "planned" || meeting.phase === "in_session";
  return is_open && ["facilitator", "caseworker", "supervisor"].includes(meeting.my_role ?? "");
}

/** They may also move a meeting that has not begun, or call it off. */
export function mayArrange(meeting: Pick<MeetingLine, "my_role" | "phase">): boolean {
  return meeting.phase === "planned" && mayChangeLinks(meeting);
}

/** How a person gets in. */
export function linkOf(person: Pick<ParticipantLine, "staff_id" | "removed" | "has_link">): "staff" | "removed" | "active" | "none" {
  if (person.removed) return "removed";
  if (person.staff_id !== null) return "staff";
  return person.has_link ? "active" : "none";
}

/** Why a sign-in did not go through. */
export function signInTrouble(error: Pick<ApiError, "status">): "wrong" | "slow" | "unreachable" {
  if (error.status === 429) return "slow";
  return error.status === 0 || error.status >= 500 ? "unreachable" : "wrong";
}

export interface InviteDraft {
  readonly key: number;
  name: string;
  role: Role;
  relation: string;
  language: "en" | "es";
}

export interface MeetingDraft extends WallTime {
  case_id: string;
  decision_question: string;
  facilitator_id: string;
  invites: InviteDraft[];
}

/** Roles a link may be made for. Staff roles sign in instead. */
export const INVITED_ROLES: readonly Role[] = [
  "parent",
  "youth",
  "kin",
  "caregiver",
  "support_person",
  "community_representative",
  "provider",
  "attorney",
  "tribal_representative",
  "interpreter",
];

/** Names of the fields still to fill in. */
export function missing(draft: MeetingDraft): Set<string> {
  const found = new Set<string>();
  for (const field of ["case_id", "time_zone", "decision_question", "facilitator_id"] as const) {
    if (!draft[field].trim()) found.add(field);
  }
  if (instantMeant(draft) === null) found.add("local_at");
  for (const invite of draft.invites) if (!invite.name.trim()) found.add(`name-${invite.key}`);
  return found;
}

/** Whether a text of the draft has more letters than can be filed. */
export function isTooLong(draft: MeetingDraft): boolean {
  const names = draft.invites.flatMap((invite) => [invite.name, invite.relation]);
  return excess(draft.decision_question, LONGEST_WORDS) > 0 || names.some((name) => excess(name, LONGEST_NAME) > 0);
}

/** The request a complete draft makes. */
export function newMeeting(draft: MeetingDraft): NewMeeting {
  return {
    case_id: draft.case_id,
    practice: "tdm",
    scheduled_at: instantMeant(draft) ?? "",
    time_zone: draft.time_zone,
    decision_question: draft.decision_question.trim(),
    facilitator_id: draft.facilitator_id,
    participants: draft.invites.map(({ name, role, relation, language }) => ({
      name: name.trim(),
      role,
      relation: relation.trim(),
      language,
    })),
  };
}

/** Whole minutes of seconds, rounded down; "< 1" where some were spent. */
export function minutes(seconds: number): string {
  return seconds > 0 && seconds < 60 ? "< 1" : String(Math.floor(seconds / 60));
}

export type { LinkLine };
