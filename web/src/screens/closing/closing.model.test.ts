import { describe, expect, it } from "vitest";

import { EMPTY_VIEW } from "../../live/meeting.ts";
import type { AttendanceEntity } from "../../live/protocol.gen.ts";
import { confirmation, unconfirmed } from "./closing.model.ts";

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
