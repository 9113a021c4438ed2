import { describe, expect, it } from "vitest";

import type { MeetingLine } from "../../live/api.ts";
import { linkOf, mayArrange, mayChangeLinks, type MeetingDraft, minutes, missing, newMeeting, ordered, signInTrouble } from "./staff.model.ts";

const draft: MeetingDraft = {
  case_id: "c1",
  local_at: "2026-12-01T15:00",
  time_zone: "America/Chicago",
  turn: "",
  decision_question: "Where will the children stay?",
  facilitator_id: "sam",
  invites: [{ key: 1, name: " Dana ", role: "parent", relation: "Mom", language: "es" }],
};

describe("a new meeting", () => {
  it("names what is missing", () => {
    expect([...missing(draft)]).toEqual([]);
    expect([...missing({ ...draft, local_at: "" })]).toEqual(["local_at"]);
    expect([...missing({ ...draft, local_at: "2027-03-14T02:30" })]).toEqual(["local_at"]);
    expect([...missing({ ...draft, local_at: "2027-11-07T01:30" })]).toEqual(["local_at"]);
    expect([...missing({ ...draft, local_at: "2027-11-07T01:30", turn: "second" })]).toEqual([]);
    const invites = [{ ...draft.invites[0]!, name: " " }];
    expect([...missing({ ...draft, facilitator_id: "", invites })]).toEqual(["facilitator_id", "name-1"]);
  });

  it("is at the time that was meant", () => {
    expect(newMeeting(draft).scheduled_at).toBe("2026-12-01T21:00:00.000Z");
    expect(newMeeting({ ...draft, local_at: "2027-11-07T01:30", turn: "second" }).scheduled_at).toBe("2027-11-07T07:30:00.000Z");
  });

  it("sends trimmed names and no form keys", () => {
    expect(newMeeting(draft).participants).toEqual([{ name: "Dana", role: "parent", relation: "Mom", language: "es" }]);
  });
});

it("puts what is in session first, then the next planned, then the newest past", () => {
  const line = (meeting_id: string, phase: MeetingLine["phase"], scheduled_at: string): MeetingLine =>
    ({ meeting_id, phase, scheduled_at }) as MeetingLine;
  const sorted = ordered([
    line("old", "closed", "2026-01-01"),
    line("later", "planned", "2026-12-09"),
    line("newer", "closed", "2026-02-01"),
    line("now", "in_session", "2026-11-01"),
    line("next", "planned", "2026-12-01"),
  ]);
  expect(sorted.map((one) => one.meeting_id)).toEqual(["now", "next", "later", "newer", "old"]);
});

it("says why a sign-in did not go through", () => {
  expect([401, 429, 0, 503].map((status) => signInTrouble({ status }))).toEqual(["wrong", "slow", "unreachable", "unreachable"]);
});

it("counts whole minutes, and never hides time spent", () => {
  expect([0, 5, 59.9, 90, 600].map(minutes)).toEqual(["0", "< 1", "< 1", "1", "10"]);
});

describe("links", () => {
  it("are changed by the meeting's own staff while it is not over", () => {
    expect(mayChangeLinks({ my_role: "caseworker", phase: "in_session" })).toBe(true);
    expect(mayChangeLinks({ my_role: "facilitator", phase: "closed" })).toBe(false);
    expect(mayChangeLinks({ my_role: null, phase: "planned" })).toBe(false);
  });

  it("and the time follow the same people, the time only before the meeting", () => {
    expect(mayArrange({ my_role: "caseworker", phase: "planned" })).toBe(true);
    expect(mayArrange({ my_role: "caseworker", phase: "in_session" })).toBe(false);
    expect(mayArrange({ my_role: null, phase: "planned" })).toBe(false);
  });

  it("belong to those who do not sign in", () => {
    const dana = { staff_id: null, removed: false, has_link: true };
    expect(linkOf(dana)).toBe("active");
    expect(linkOf({ ...dana, has_link: false })).toBe("none");
    expect(linkOf({ ...dana, removed: true })).toBe("removed");
    expect(linkOf({ ...dana, staff_id: "s" })).toBe("staff");
  });
});
