/** Every screen in every state worth looking at. `family` scenes are phones first, staff scenes laptops first. */

import type { Component } from "svelte";

import { EMPTY_VIEW, type MeetingView } from "../live/meeting.ts";
import type { DeviceFailure } from "../live/media/devices.ts";
import After from "../screens/after/After.svelte";
import type { NoticeKind } from "../screens/join/join.model.ts";
import Notice from "../screens/join/Notice.svelte";
import ReadyCheck from "../screens/join/ReadyCheck.svelte";
import WaitingRoom from "../screens/join/WaitingRoom.svelte";
import type { Live } from "../screens/live.ts";
import Room from "../screens/room/Room.svelte";
import { dayAndTime } from "../i18n/format.ts";
import { joinWords } from "../i18n/gen/join.ts";
import { fakeLive, type FakeOptions } from "./fake_live.ts";
import { staffScenes } from "./staff_scenes.ts";
import { ANSWERED, at, DISSENT, leaderless, NOW, proposal, seenBy } from "./story.ts";

export interface Scene {
  readonly screen: unknown;
  readonly props: Record<string, unknown>;
  readonly live: Live;
  readonly staff?: boolean;
  /** Done once the screen stands: presses what leads into the state. */
  readonly then?: () => void | Promise<void>;
}

const ZONE = "America/Chicago";

function scene(screen: unknown, props: Record<string, unknown>, options: Partial<FakeOptions> = {}, then?: Scene["then"]): () => Scene {
  return () => ({ screen: screen as Component, props, live: fakeLive({ view: EMPTY_VIEW, ...options }), ...(then && { then }) });
}

const press = (...texts: RegExp[]) => (): void => {
  for (const text of texts) {
    const found = [...document.querySelectorAll<HTMLElement>("button, label, [role=tab]")].find((one) => text.test(one.innerText));
    found?.click();
  }
};

function ready(step: "how" | "ask" | "check", failure: DeviceFailure | null = null, how = "video"): () => Scene {
  const options: Partial<FakeOptions> = { devices: { failure, capture: failure ? "none" : "video", camera: !failure } };
  return () => {
    const props = { name: "Dana", when: dayAndTime(at(8), ZONE), starts: joinWords.starts_in({ time: "8 min" }), how, step, onready: () => undefined };
    return scene(ReadyCheck, props, options)();
  };
}

function waiting(minutes: number, change: Partial<MeetingView> = {}, options: Partial<FakeOptions> = {}): () => Scene {
  const seen = seenBy("dana");
  const lobby = {
    entity: "lobby" as const,
    facilitator_first_name: "Sam",
    scheduled_at: at(minutes),
    moved_from: null,
    time_zone: ZONE,
    phase: "planned" as const,
    facilitator_gone_since: null,
  };
  const view = { ...EMPTY_VIEW, you: seen.you && { ...seen.you, state: "waiting" as const }, lobby, ...change };
  const props = { name: "Dana", facilitator: "Sam", scheduled_at: at(minutes), time_zone: ZONE, second_device: false };
  return scene(WaitingRoom, props, { view, ...options });
}

function notice(kind: NoticeKind): () => Scene {
  return () => {
    const when = dayAndTime(at(3000), ZONE);
    return scene(Notice, { kind, facilitator: "Sam", when, onback: () => undefined, onforget: () => undefined })();
  };
}

const second = { ...seenBy("dana").you!, state: "waiting" as const, second_device: true };
const begun = {
  entity: "lobby" as const,
  facilitator_first_name: "Sam",
  scheduled_at: new Date(NOW).toISOString(),
  moved_from: null,
  time_zone: ZONE,
  phase: "in_session" as const,
  facilitator_gone_since: null,
};
const settled = (answers: typeof ANSWERED, outcome: "reached_with_reservations" | "not_reached", agency = false) =>
  proposal(answers, {
    state: "settled",
    outcome,
    settled_at: at(-1),
    agency_decision: agency
      ? { by: "alex", at: at(0), text: "The children stay with Ruth on school nights until June 1.", reason: "Nobody is home with them on two nights a week, and Ruth’s home is safe." }
      : null,
  });

const TAB_DECISION = press(/^(Decision|Decisión)/);
const TAB_PEOPLE = press(/^(People|Personas)/);
const with_agreement = { ...ANSWERED, dana: ["support", ""] as [never, string], alex: ["support", ""] as [never, string] };

export const SCENES: Record<string, () => Scene> = {
  "ready-how": ready("how"),
  "ready-ask": ready("ask"),
  "ready-denied": ready("ask", "denied"),
  "ready-missing": ready("ask", "missing"),
  "ready-in-use": ready("ask", "in_use"),
  "ready-hanging": ready("ask", "hanging"),
  "ready-check": ready("check"),
  "ready-typing": ready("check", "missing", "typing"),
  "waiting-early": waiting(42),
  "waiting-moved": waiting(26 * 60, { lobby: { ...begun, phase: "planned", scheduled_at: at(26 * 60), moved_from: at(0) } }),
  "waiting-late": waiting(-4),
  "waiting-begun": waiting(0, { lobby: begun }),
  "waiting-gone": waiting(0, { lobby: { ...begun, facilitator_gone_since: at(-1) } }),
  "waiting-arriving": waiting(5, { you: { ...seenBy("dana").you!, state: "arriving" } }),
  "waiting-second": waiting(5, { you: second }),
  "waiting-offline": waiting(5, {}, { socket: { kind: "retrying", attempt: 3, at_ms: NOW, offline: true } }),
  "notice-over": notice("over"),
  "notice-cancelled": notice("cancelled"),
  "notice-removed": notice("removed"),
  "notice-replaced": notice("replaced"),
  "notice-invalid": notice("invalid"),
  "notice-moved": notice("moved"),
  "notice-left": notice("left"),
  "notice-forgotten": notice("forgotten"),
  "notice-offline": notice("offline"),
  "family-plan": scene(Room, {}, { view: seenBy("dana") }),
  "family-people": scene(Room, {}, { view: seenBy("dana") }, TAB_PEOPLE),
  "family-more": scene(Room, {}, { view: seenBy("dana") }, press(/^(More|Más)$/)),
  "family-answer": scene(Room, {}, { view: seenBy("dana", { stage_now: 5, proposals: [proposal(ANSWERED)] }) }, TAB_DECISION),
  "family-answer-cannot": scene(
    Room,
    {},
    { view: seenBy("dana", { stage_now: 5, proposals: [proposal(ANSWERED)] }) },
    () => {
      TAB_DECISION();
      setTimeout(press(/can’t support it|No la puedo/), 100);
    },
  ),
  "family-answered": scene(Room, {}, { view: seenBy("dana", { stage_now: 5, proposals: [proposal({ ...ANSWERED, dana: DISSENT.dana! })] }) }, TAB_DECISION),
  "family-result": scene(Room, {}, { view: seenBy("dana", { stage_now: 5, proposals: [settled(DISSENT, "not_reached", true)] }) }, TAB_DECISION),
  "family-reconnecting": scene(Room, {}, {
    view: seenBy("dana"),
    socket: { kind: "retrying", attempt: 2, at_ms: NOW, offline: false },
    plan: { word: "offline" },
  }),
  "family-tap": scene(Room, {}, { view: seenBy("dana"), call: { tap_to_hear: true }, camera: false, devices: { microphone: false } }),
  "family-loading": scene(Room, {}, { view: seenBy("dana", { stage_now: null, meeting_is: { phase: "planned" } }), plan: null }),
  "family-frozen": scene(Room, {}, { view: seenBy("dana", { stage_now: 6, meeting_is: { plan_frozen_sha256: "a".repeat(64) } }) }),
  "family-leaderless": scene(Room, {}, { view: { ...EMPTY_VIEW, ...leaderless("dana", 0, null, true) } }),
  "family-held": scene(Room, {}, { view: { ...EMPTY_VIEW, ...leaderless("dana", 2, "priya") } }),
  "family-after": scene(After, { onleave: () => undefined }, {
    view: seenBy("dana", { meeting_is: { phase: "closed" }, proposals: [settled(with_agreement, "reached_with_reservations")] }),
  }),
  "family-after-agency": scene(After, { onleave: () => undefined }, {
    view: seenBy("dana", { meeting_is: { phase: "closed" }, proposals: [settled(DISSENT, "not_reached", true)] }),
  }),
  ...staffScenes(scene, settled),
};
