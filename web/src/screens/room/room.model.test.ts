import { describe, expect, it } from "vitest";

import { EMPTY_VIEW, type MeetingView } from "../../live/meeting.ts";
import type { MeetingEntity, PersonEntity, Presence, StageEntity, YouEntity } from "../../live/protocol.gen.ts";
import { happenings, minutesIn, roster, seating, stageMark, trouble } from "./room.model.ts";

const DANA = "dana";
const RUTH = "ruth";
const SAM = "sam";

function room(here: Record<string, number | null>): MeetingView {
  const people = [DANA, RUTH, SAM].map((id) => ({ participant_id: id, name: id }) as PersonEntity);
  const presence = new Map(
    Object.entries(here).map(([id, hand_raised_at]) => [id, { participant_id: id, hand_raised_at } as Presence]),
  );
  const you = { participant_id: DANA } as YouEntity;
  return { ...EMPTY_VIEW, you, meeting: {} as MeetingEntity, people, presence };
}

const everyone = room({ dana: null, ruth: null, sam: null });
const call = { word: "good", refusal: null, bytes: 0, tap_to_hear: false } as const;

describe("seating", () => {
  it("puts the speaker in the large picture and oneself last", () => {
    expect(seating(everyone, SAM, null, 3)).toEqual({ big: SAM, small: [RUTH, DANA] });
  });

  it("keeps the one who was large while oneself speaks", () => {
    expect(seating(everyone, DANA, SAM, 3).big).toBe(SAM);
  });

  it("shows oneself when nobody else is here", () => {
    expect(seating(room({ dana: null }), null, null, 3)).toEqual({ big: DANA, small: [] });
  });

  it("never drops the own picture for lack of room", () => {
    expect(seating(everyone, SAM, null, 1).small).toEqual([DANA]);
  });
});

describe("stages", () => {
  const stage = { number: 3, spent_s: 60, since: "2026-12-01T15:00:00Z" } as StageEntity;

  it("counts what was spent before and since", () => {
    expect(minutesIn(stage, Date.parse("2026-12-01T15:04:30Z"))).toBe(5);
    expect(minutesIn({ ...stage, since: null }, 0)).toBe(1);
  });

  it("knows what is done, now and ahead", () => {
    expect([2, 3, 4].map((current) => stageMark(stage, current))).toEqual(["ahead", "now", "done"]);
    expect(stageMark(stage, null)).toBe("ahead");
  });
});

describe("people", () => {
  it("puts raised hands first, the oldest first", () => {
    const { here, away } = roster(room({ ruth: 20, sam: 10 }));
    expect(here.map((one) => one.participant_id)).toEqual([SAM, RUTH]);
    expect(away.map((one) => one.participant_id)).toEqual([DANA]);
  });

  it("says who came, who left and who raised a hand, but nothing of oneself or the first view", () => {
    const before = room({ ruth: null });
    const after = room({ dana: null, ruth: 5, sam: null });
    expect(happenings(before, after, (one) => one.name)).toEqual([
      { kind: "hand", name: RUTH },
      { kind: "joined", name: SAM },
    ]);
    expect(happenings(EMPTY_VIEW, after, (one) => one.name)).toEqual([]);
  });
});

describe("trouble", () => {
  it("tells the worst first", () => {
    expect(trouble({ kind: "connecting", attempt: 1 }, { ...call, tap_to_hear: true }, true)).toBe("link");
    expect(trouble({ kind: "open" }, { ...call, tap_to_hear: true }, true)).toBe("hear");
    expect(trouble({ kind: "open" }, { ...call, word: "lost" }, true)).toBe("media");
    expect(trouble({ kind: "open" }, call, true)).toBe("silent");
    expect(trouble({ kind: "open" }, call, false)).toBeNull();
  });
});
