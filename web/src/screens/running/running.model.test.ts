import { expect, it } from "vitest";

import { EMPTY_VIEW } from "../../live/meeting.ts";
import type { ProposalEntity } from "../../live/protocol.gen.ts";
import { isQuestionOpen } from "./running.model.ts";

it("knows whether the question of the meeting still waits for an answer", () => {
  const words = (change: Partial<ProposalEntity>) =>
    ({ state: "settled", answers_question: true, is_undecided: false, ...change }) as ProposalEntity;
  const open = (...proposals: ProposalEntity[]): boolean => isQuestionOpen({ ...EMPTY_VIEW, proposals });
  expect(open()).toBe(true);
  expect(open(words({ answers_question: false }))).toBe(true);
  expect(open(words({ is_undecided: true }))).toBe(true);
  expect(open(words({}), words({ state: "open" }))).toBe(true);
  expect(open(words({ state: "open" }), words({}), words({ state: "withdrawn" }))).toBe(false);
});
