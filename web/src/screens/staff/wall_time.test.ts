import { describe, expect, it } from "vitest";

import { afterTheSkip, instantMeant, instantsAt, timeTrouble, wallTimeOf, zoneName } from "./wall_time.ts";

const NOW = Date.parse("2026-11-26T12:00:00Z");
const HALF_DAY = 12 * 3_600_000;

describe("a wall-clock time", () => {
  it("means the family's clock, in winter and in summer", () => {
    expect(instantsAt("2026-12-01T15:00", "America/Chicago")).toEqual(["2026-12-01T21:00:00.000Z"]);
    expect(instantsAt("2026-07-01T15:00", "America/Chicago")).toEqual(["2026-07-01T20:00:00.000Z"]);
    expect(instantsAt("2026-12-01T15:00", "Asia/Kathmandu")).toEqual(["2026-12-01T09:15:00.000Z"]);
    expect(instantsAt("", "America/Chicago")).toEqual([]);
  });

  it.each([
    ["2027-03-14T02:30", "America/Chicago", "2027-03-14T03:30"],
    ["2027-10-03T02:15", "Australia/Sydney", "2027-10-03T03:15"],
    ["2027-10-03T02:15", "Australia/Lord_Howe", "2027-10-03T02:45"],
    ["2027-09-05T00:30", "America/Santiago", "2027-09-05T01:30"],
  ])("%s is skipped in %s; the clocks show %s then", (local_at, zone, shown) => {
    expect(instantsAt(local_at, zone)).toEqual([]);
    expect(afterTheSkip(local_at, zone)).toBe(shown);
    expect(instantsAt(shown, zone)).toHaveLength(1);
  });

  it.each([
    ["2027-11-07T01:30", "America/Chicago", "2027-11-07T06:30:00.000Z", "2027-11-07T07:30:00.000Z"],
    ["2027-04-04T02:30", "Australia/Sydney", "2027-04-03T15:30:00.000Z", "2027-04-03T16:30:00.000Z"],
    ["2027-04-04T01:45", "Australia/Lord_Howe", "2027-04-03T14:45:00.000Z", "2027-04-03T15:15:00.000Z"],
  ])("%s comes twice in %s, and is not chosen for anyone", (local_at, time_zone, first, second) => {
    expect(instantsAt(local_at, time_zone)).toEqual([first, second]);
    expect(instantMeant({ local_at, time_zone, turn: "" })).toBeNull();
    expect(instantMeant({ local_at, time_zone, turn: "first" })).toBe(first);
    expect(instantMeant({ local_at, time_zone, turn: "second" })).toBe(second);
  });

  it("has a clock with a name", () => {
    const names = instantsAt("2027-11-07T01:30", "America/Chicago").map((at) => zoneName(at, "America/Chicago", "en"));
    expect(names).toEqual(["CDT", "CST"]);
  });

  it("on the hour the clocks change is one time at each side", () => {
    expect(instantsAt("2027-03-14T01:59", "America/Chicago")).toEqual(["2027-03-14T07:59:00.000Z"]);
    expect(instantsAt("2027-03-14T03:00", "America/Chicago")).toEqual(["2027-03-14T08:00:00.000Z"]);
    expect(instantsAt("2027-11-07T00:59", "America/Chicago")).toHaveLength(1);
    expect(instantsAt("2027-11-07T01:00", "America/Chicago")).toHaveLength(2);
    expect(instantsAt("2027-11-07T02:00", "America/Chicago")).toHaveLength(1);
  });

  it("is shown again as it was typed, and which of two it was", () => {
    for (const at of ["2027-11-07T06:30:00.000Z", "2027-11-07T07:30:00.000Z", "2026-12-01T21:00:00.000Z"]) {
      expect(instantMeant(wallTimeOf(at, "America/Chicago"))).toBe(at);
    }
  });

  it.each([
    ["0026-12-01T10:00", "past"],
    ["2026-11-25T10:00", "past"],
    ["2062-12-01T10:00", "far"],
    ["2027-03-14T02:30", "skipped"],
    ["2027-11-07T01:30", "twice"],
    ["2026-12-01T10:00", null],
    ["", null],
  ])("%s is %s", (local_at, trouble) => {
    expect(timeTrouble({ local_at, time_zone: "America/Chicago", turn: "" }, NOW, HALF_DAY)).toBe(trouble);
  });
});
