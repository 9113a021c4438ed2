import { Call } from "./media/call.ts";
import { Devices } from "./media/devices.ts";
import { MeetingStore } from "./meeting.ts";
import type { PlanProvider } from "./plan/provider.ts";
import type { Mode } from "./protocol.gen.ts";
import { type Readable } from "./readable.ts";
import { Socket } from "./socket.ts";

export interface LiveMeetingOptions {
  /** Staff name the meeting; a guest's cookie does. */
  meeting_id?: string;
  /** Phones send and show less. */
  phone?: boolean;
  devices?: Devices;
}

/** One person's stay in one meeting: socket, meeting, plan, sound and picture, wired together. */
export declare class LiveMeeting {
  constructor(options?: LiveMeetingOptions);
  readonly socket: Socket;
  readonly meeting: MeetingStore;
  readonly devices: Devices;
  readonly call: Call;
  /** Null until its code is loaded (it is fetched while the person waits) and the person is admitted. */
  readonly plan: Readable<PlanProvider | null>;
  /** How the person takes part; told to everyone. "video" until set. */
  readonly mode: Readable<Mode>;
  /** The server's reason, when it said one before closing. */
  readonly closing: Readable<{ readonly code: string; readonly text: string } | null>;
  /** Connect: waiting room first, meeting after admission. Sound and picture join by themselves once admitted. */
  start(): void;
  setMode(mode: Mode): void;
  /** Raise or lower the own hand; the facilitator may lower another's. */
  hand(raised: boolean, participant_id?: string): void;
  /** The person pressed Leave. */
  leave(): void;
}
