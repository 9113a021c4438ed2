import { describe, expect, it } from "vitest";

import { EMPTY_VIEW, type MeetingView } from "../../live/meeting.ts";
import type { Answer, Position, ProposalEntity, YouEntity } from "../../live/protocol.gen.ts";
import { counts, current, dissentFirst, isTranslated, mayAnswer, owesAnswer, ownPosition, proposalId } from "./decision.model.ts";

function position(participant_id: string, answer: Answer, version = 1): Position {
  return { participant_id, answer, version, reason: "", at: "2026-12-01T15:00:00Z", text_sha256: "" };
}

function proposal(positions: Position[], unanswered: string[] = [], version = 1): ProposalEntity {
  return { proposal_id: "p", version, positions, unanswered, state: "open" } as unknown as ProposalEntity;
}

function seenBy(participant_id: string, open_proposal: ProposalEntity, capabilities = ["state_position"]): MeetingView {
  return { ...EMPTY_VIEW, open_proposal, you: { participant_id, capabilities } as YouEntity };
}

describe("answering", () => {
  it("asks for a reason only of those who cannot support", () => {
    expect(mayAnswer("cannot_support", "  ")).toBe(false);
    expect(mayAnswer("cannot_support", "It is too far")).toBe(true);
    expect(mayAnswer("live_with", "")).toBe(true);
    expect(mayAnswer(null, "why")).toBe(false);
  });

  it("waits for those who have not answered this wording", () => {
    const old = proposal([position("dana", "support", 1)], [], 2);
    expect(ownPosition(old, "dana")).toBeNull();
    expect(owesAnswer(seenBy("dana", old))).toBe(true);
    expect(owesAnswer(seenBy("dana", proposal([position("dana", "support")])))).toBe(false);
  });

  it("never waits for the facilitator", () => {
    expect(owesAnswer(seenBy("sam", proposal([]), ["run_meeting"]))).toBe(false);
  });
});

describe("reading", () => {
  const asked = proposal([position("dana", "support"), position("ruth", "cannot_support")], ["lee", "priya"]);

  it("counts against everyone asked, so that silence is not agreement", () => {
    expect(counts(asked).map((one) => [one.count, one.percent])).toEqual([
      [1, 25],
      [0, 0],
      [1, 25],
      [0, 0],
    ]);
  });

  it("puts dissent first", () => {
    expect(dissentFirst(asked.positions).map((one) => one.participant_id)).toEqual(["ruth", "dana"]);
  });

  it("shows the open proposal before a settled one", () => {
    const settled = { ...asked, state: "settled" as const };
    expect(current({ ...EMPTY_VIEW, proposals: [settled] })).toBe(settled);
    expect(current({ ...EMPTY_VIEW, proposals: [settled], open_proposal: asked })).toBe(asked);
  });

  it("tells a page the browser translated from one it did not", () => {
    const page = (className: string, lang: string) => ({ className, lang });
    expect(isTranslated(page("", "en"), "en", "With Ruth", "With Ruth")).toBe(false);
    expect(isTranslated(page("translated-ltr", "en"), "en", "With Ruth", "With Ruth")).toBe(true);
    expect(isTranslated(page("a translated-rtl", "ar"), "en", "With Ruth", "With Ruth")).toBe(true);
    expect(isTranslated(page("", "vi"), "en", "With Ruth", "With Ruth")).toBe(true);
    expect(isTranslated(page("", "en"), "en", "Với Ruth", "With Ruth")).toBe(true);
  });

  it("makes ids of 32 hex characters", () => {
    expect(proposalId()).toMatch(/^[0-9a-f]{32}$/);
  });
});
