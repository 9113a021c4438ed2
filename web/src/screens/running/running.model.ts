/** What those who run the meeting are offered. [pure] */

import type { MeetingView } from "../../live/meeting.ts";

/** Whether the question of the meeting still waits for words that are agreed on or decided. */
export function isQuestionOpen(view: MeetingView): boolean {
  const last = view.proposals.findLast((one) => one.answers_question && one.state !== "withdrawn");
  return last === undefined || last.state === "open" || last.is_undecided;
}
