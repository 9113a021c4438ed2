/** What the facilitator confirms before a meeting closes. Nothing is filled in for them. [pure] */

import type { AbsenceReason, Attended, ConfirmAttendance, Mode, ProposalEntity } from "../../live/protocol.gen.ts";
import type { MeetingView } from "../../live/meeting.ts";

export const ATTENDED: readonly Attended[] = ["all", "part", "absent"];
export const MODES: readonly Mode[] = ["video", "audio", "typing", "in_room", "phone"];
export const REASONS: readonly AbsenceReason[] = [
  "declined",
  "unreachable",
  "conflict",
  "transport",
  "technical",
  "safety",
  "incarcerated",
  "other",
];

/** What stands on one line of the form; empty strings are "not chosen". */
export interface Draft {
  attended: Attended | "";
  mode: Mode | "";
  absence_reason: AbsenceReason | "";
}

/** The command a complete line makes; null while something is still to choose. */
export function confirmation(participant_id: string, draft: Draft): ConfirmAttendance | null {
  const { attended, mode, absence_reason } = draft;
  if (attended === "") return null;
  if (attended === "absent") {
    if (absence_reason === "") return null;
    return { kind: "attendance.confirm", participant_id, attended, mode: null, absence_reason };
  }
  if (mode === "") return null;
  return { kind: "attendance.confirm", participant_id, attended, mode, absence_reason: null };
}

/** Words put to the team of which somebody who was here was not asked. */
export function notAsked(view: MeetingView): ProposalEntity[] {
  return view.proposals.filter((one) => one.not_asked.length > 0);
}

/** Words that keep the meeting from closing: still open, or ended in nothing. */
export function undecided(view: MeetingView): ProposalEntity[] {
  return view.proposals.filter((one) => one.state === "open" || one.is_undecided);
}

/** How many lines are not confirmed yet. */
export function unconfirmed(view: MeetingView): number {
  return [...view.attendance.values()].filter((line) => line.confirmation === null).length;
}
