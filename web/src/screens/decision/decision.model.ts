/** Answers, counts and results of proposals as the screens need them. [pure] */

import type { MeetingView } from "../../live/meeting.ts";
import type { Answer, PersonEntity, Position, ProposalEntity } from "../../live/protocol.gen.ts";
import type { IconName } from "../../ui/icons.ts";

export const ANSWERS: readonly Answer[] = ["support", "live_with", "cannot_support", "question"];

export const ANSWER_ICONS: Readonly<Record<Answer, IconName>> = {
  support: "support",
  live_with: "live_with",
  cannot_support: "cannot_support",
  question: "question",
};

/** One's own position on the wording shown. */
export function ownPosition(proposal: ProposalEntity, me: string | null | undefined): Position | null {
  const found = proposal.positions.find((one) => one.participant_id === me);
  return found && found.version === proposal.version ? found : null;
}

/** Whether an open proposal still waits for this person. */
export function owesAnswer(view: MeetingView): boolean {
  const open = view.open_proposal;
  if (!open || !view.you?.capabilities.includes("state_position")) return false;
  return ownPosition(open, view.you.participant_id) === null;
}

/** "Can't support" needs a reason; every other answer may have one. */
export function needsReason(answer: Answer | null): boolean {
  return answer === "cannot_support";
}

/** Ready to send: an answer, and a reason where one is needed. */
export function mayAnswer(answer: Answer | null, reason: string): answer is Answer {
  return answer !== null && (!needsReason(answer) || reason.trim() !== "");
}

export interface Count {
  readonly answer: Answer;
  readonly count: number;
  /** Part of those asked, 0..100. */
  readonly percent: number;
}

/** How often each answer was given, of all who were asked. */
export function counts(proposal: ProposalEntity): Count[] {
  const asked = Math.max(1, asking(proposal));
  return ANSWERS.map((answer) => {
    const count = proposal.positions.filter((one) => one.answer === answer).length;
    return { answer, count, percent: Math.round((100 * count) / asked) };
  });
}

/** How many were asked: those who answered and those who have not. */
export function asking(proposal: ProposalEntity): number {
  return proposal.positions.length + proposal.unanswered.length;
}

/** Positions with those who cannot support first: dissent is read, not buried. */
export function dissentFirst(positions: readonly Position[]): Position[] {
  const rank: Record<Answer, number> = { cannot_support: 0, question: 1, live_with: 2, support: 3 };
  return [...positions].sort((a, b) => rank[a.answer] - rank[b.answer]);
}

/** People by id, leaving out the unknown. */
export function people(view: MeetingView, ids: readonly string[]): PersonEntity[] {
  return ids.flatMap((id) => view.person.get(id) ?? []);
}

/** The proposal in front of the team: the open one, else one still to decide, else the newest settled. */
export function current(view: MeetingView): ProposalEntity | null {
  const settled = view.proposals.filter((one) => one.state === "settled");
  return view.open_proposal ?? settled.findLast((one) => one.is_undecided) ?? settled.at(-1) ?? null;
}

/**
 * Whether the browser shows the page in another language than it was written in: Chrome says so in a class, others by the
 * page's language or only by having changed a text.
 */
export function isTranslated(page: { className: string; lang: string }, spoken: string, copy: string, text: string): boolean {
  return /\btranslated-(ltr|rtl)\b/.test(page.className) || page.lang !== spoken || copy !== text;
}

/** A new id for a proposal, 32 hex characters. */
export function proposalId(random: () => string = () => crypto.randomUUID()): string {
  return random().replaceAll("-", "");
}
