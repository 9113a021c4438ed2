import { describe, expect, it } from "vitest";

import { EMPTY_VIEW } from "../../live/meeting.ts";
import type { AttendanceEntity, ProposalEntity } from "../../live/protocol.gen.ts";
import { confirmation, notAsked, unconfirmed, undecided } from "./closing.model.ts";

const empty = { attended: "", mode: "", absence_reason: "" } as const;

describe("a line of attendance", () => {
  it("makes no command until everything is chosen by hand", () => {
    expect(confirmation("dana", empty)).toBeNull();
    expect(confirmation("dana", { ...empty, attended: "all" })).toBeNull();
    expect(confirmation("lee", { ...empty, attended: "absent" })).toBeNull();
  });

  it("says how someone took part, or why they were not there, never both", () => {
    const chosen = { mode: "video", absence_reason: "safety" } as const;
    expect(confirmation("dana", { ...chosen, attended: "part" })).toMatchObject({ mode: "video", absence_reason: null });
    expect(confirmation("lee", { ...chosen, attended: "absent" })).toMatchObject({ mode: null, absence_reason: "safety" });
  });
});

it("counts the lines still to confirm", () => {
  const line = { confirmation: null } as AttendanceEntity;
  expect(unconfirmed({ ...EMPTY_VIEW, attendance: new Map([["dana", line]]) })).toBe(1);
});

it("names the words that keep the meeting open, and those of which somebody here was not asked", () => {
  const words = (proposal_id: string, change: Partial<ProposalEntity>) =>
    ({ proposal_id, state: "settled", is_undecided: false, not_asked: [], ...change }) as unknown as ProposalEntity;
  const proposals = [
    words("placement", { is_undecided: true }),
    words("break", { not_asked: ["ruth"] }),
    words("school", { state: "open" }),
    words("visit", { state: "withdrawn" }),
  ];
  const view = { ...EMPTY_VIEW, proposals };
  expect(undecided(view).map((one) => one.proposal_id)).toEqual(["placement", "school"]);
  expect(notAsked(view).map((one) => one.proposal_id)).toEqual(["break"]);
});
