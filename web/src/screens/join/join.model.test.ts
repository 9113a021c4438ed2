import { describe, expect, it } from "vitest";

import { EMPTY_VIEW, type MeetingView } from "../../live/meeting.ts";
import type { LobbyEntity, MeetingEntity, SeatState, YouEntity } from "../../live/protocol.gen.ts";
import { connectionWord, keptOn, modeOf, noticeOf, placeOf, proposed, remembered, stepAfterHow, withoutIt } from "./join.model.ts";

const open = { kind: "open" } as const;

function seated(state: SeatState, phase: MeetingEntity["phase"] | null = null): MeetingView {
  const you = { state } as YouEntity;
  return { ...EMPTY_VIEW, you, meeting: phase ? ({ phase } as MeetingEntity) : null };
}

it("keeps what was off when the page is loaded again", () => {
  expect(keptOn(null)).toEqual({ microphone: true, camera: true });
  expect(keptOn('{"microphone":false,"camera":true}')).toEqual({ microphone: false, camera: true });
});

describe("place", () => {
  it("waits until admitted, whatever the meeting does", () => {
    expect(placeOf(open, EMPTY_VIEW)).toBe("waiting");
    expect(placeOf(open, seated("waiting"))).toBe("waiting");
    expect(placeOf(open, seated("arriving"))).toBe("waiting");
    expect(placeOf(open, seated("admitted", "in_session"))).toBe("room");
  });

  it("shows what was decided after the meeting closed, even when the socket has ended", () => {
    expect(placeOf({ kind: "ended", why: "over" }, seated("over", "closed"))).toBe("after");
  });

  it("shows what stands after a meeting that was adjourned, and tells those who waited that it is over", () => {
    expect(placeOf(open, seated("over", "adjourned"))).toBe("after");
    const lobby = { phase: "adjourned" } as LobbyEntity;
    expect(placeOf(open, { ...seated("waiting"), lobby })).toEqual({ notice: "over" });
  });

  it("says why a socket ended", () => {
    expect(placeOf({ kind: "ended", why: "removed" }, EMPTY_VIEW)).toEqual({ notice: "removed" });
    expect(placeOf({ kind: "ended", why: "replaced" }, EMPTY_VIEW)).toEqual({ notice: "replaced" });
    expect(placeOf({ kind: "ended", why: "signed_out" }, EMPTY_VIEW)).toEqual({ notice: "invalid" });
  });

  it("tells a removed person so and shows nothing decided", () => {
    expect(placeOf(open, seated("removed", "closed"))).toEqual({ notice: "removed" });
  });
});

describe("ready check", () => {
  it("asks the phone nothing of those who only type", () => {
    expect(stepAfterHow("typing")).toBe("check");
    expect(stepAfterHow("video")).toBe("ask");
  });

  it("lets everyone in when the phone refuses", () => {
    const nothing = { capture: "none", microphone: false, camera: false } as const;
    expect(modeOf("video", nothing)).toBe("typing");
    expect(withoutIt("video", "none")).toBe("typing");
    expect(withoutIt("video", "audio")).toBe("audio");
  });

  it("says how a person takes part by what is on", () => {
    expect(modeOf("audio", { capture: "audio", microphone: true, camera: false })).toBe("audio");
    expect(modeOf("video", { capture: "video", microphone: false, camera: true })).toBe("video");
    expect(modeOf("typing", { capture: "video", microphone: false, camera: false })).toBe("typing");
  });

  it("remembers only known choices and proposes voice to those who save data", () => {
    expect(remembered("audio")).toBe("audio");
    expect(remembered("<b>")).toBeNull();
    expect(proposed({ saveData: true })).toBe("audio");
    expect(proposed(undefined)).toBe("video");
  });
});

describe("words", () => {
  it("reads a refusal as a page", () => {
    expect(noticeOf({ status: 410, code: "meeting.over" })).toBe("over");
    expect(noticeOf({ status: 425, code: "meeting.moved" })).toBe("moved");
    expect(noticeOf({ status: 401, code: "guest.signed_out" })).toBe("invalid");
    expect(noticeOf({ status: 0, code: "network.unreachable" })).toBe("offline");
  });

  it("says offline only when it is", () => {
    expect(connectionWord(open)).toBe("online");
    expect(connectionWord({ kind: "retrying", attempt: 1, at_ms: 0, offline: false })).toBe("connecting");
    expect(connectionWord({ kind: "retrying", attempt: 1, at_ms: 0, offline: true })).toBe("offline");
  });
});
