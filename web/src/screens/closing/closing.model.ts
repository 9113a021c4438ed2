/** What the facilitator confirms before a meeting closes. Nothing is filled in for them. [pure] */

import type { AbsenceReason, Attended, ConfirmAttendance, Mode } from "../../live/protocol.gen.ts";
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

/** How many lines are not confirmed yet. */
export function unconfirmed(view: MeetingView): number {
  return [...view.attendance.values()].filter((line) => line.confirmation === null).length;
}

export type Gap = "attendance" | "proposal" | "decision" | "frozen" | "step" | "steps";

/** What the server says is missing, by the sentences of its refusal `meeting.not_ready`. */
const GAPS: Readonly<Record<string, Gap>> = {
  "attendance is not confirmed for everyone": "attendance",
  "a proposal is still open": "proposal",
  "no decision is recorded": "decision",
  "the plan is not locked": "frozen",
  "the plan has no action step": "step",
  "an action step does not say what, who and by when": "steps",
};

/** The gaps a refusal to close names; a sentence we do not know stays as it is. */
export function gaps(text: string): (Gap | { text: string })[] {
  return text
    .replace(/^[^:]*:\s*/, "")
    .replace(/\.\s*$/, "")
    .split(/;\s*/)
    .filter(Boolean)
    .map((sentence) => GAPS[sentence] ?? { text: sentence });
}
