/** The live meeting a tree of screens shows. Screens read it from the context; the gallery puts a made-up one there. */

import { getContext, setContext } from "svelte";

import type { LiveMeeting } from "../live/live_meeting.ts";
import type { MeetingView } from "../live/meeting.ts";
import type { Call } from "../live/media/call.ts";
import type { Devices } from "../live/media/devices.ts";
import type { PlanProvider } from "../live/plan/provider.ts";
import type { PersonCommand } from "../live/protocol.gen.ts";
import type { Readable } from "../live/readable.ts";
import type { Socket } from "../live/socket.ts";

export type PlanLive = Pick<
  PlanProvider,
  "document" | "state" | "unsaved" | "cursors" | "setCursor" | "clearUnsaved"
>;

export interface Live {
  readonly socket: Pick<Socket, "state" | "start" | "reconnect">;
  readonly meeting: Readable<MeetingView> & { do(command: PersonCommand): Promise<number> };
  readonly devices: Pick<
    Devices,
    | "state"
    | "picture"
    | "level"
    | "ask"
    | "setMicrophone"
    | "setCamera"
    | "goWithout"
    | "fixMicrophone"
    | "playTestTone"
    | "close"
  >;
  readonly call: Pick<Call, "state" | "pictures" | "heard" | "speaker" | "show" | "hear" | "prepare">;
  readonly plan: Readable<PlanLive | null>;
  readonly mode: LiveMeeting["mode"];
  start(): void;
  setMode: LiveMeeting["setMode"];
  hand: LiveMeeting["hand"];
  leave(): void;
}

const KEY = Symbol("live");

export function provideLive(live: Live): void {
  setContext(KEY, live);
}

export function useLive(): Live {
  return getContext<Live>(KEY);
}

/** The plan document inside a loaded plan. */
const PLAN = Symbol("plan");

export function providePlan(plan: PlanLive): void {
  setContext(PLAN, plan);
}

export function usePlan(): PlanLive {
  return getContext<PlanLive>(PLAN);
}
