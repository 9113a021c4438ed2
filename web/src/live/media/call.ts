import type { ClientMessage, ServerMessage } from "../protocol.gen.ts";
import { type Readable } from "../readable.ts";
import type { Devices } from "./devices.ts";

/** How sound and picture are, in a word. "off": not joined; "refused": no media now, the meeting goes on. */
export type CallWord = "off" | "joining" | "good" | "weak" | "lost" | "refused";

export interface CallState {
  readonly word: CallWord;
  readonly refusal: { readonly code: string; readonly text: string } | null;
  /** Bytes sent and received so far. */
  readonly bytes: number;
  /** The browser wants a tap before it plays sound. */
  readonly tap_to_hear: boolean;
}

export interface CallOptions {
  devices: Devices;
  send: (message: ClientMessage) => boolean;
  /** Phones send 360p at most 350 kbit/s and show four tiles. */
  phone?: boolean;
  video_slots?: number;
  peer_connection?: () => RTCPeerConnection;
}

/** Sound and picture of the meeting: one connection out, one in, replaced together when they break. */
export declare class Call {
  constructor(options: CallOptions);
  readonly state: Readable<CallState>;
  /** Pictures by participant. */
  readonly pictures: Readable<ReadonlyMap<string, MediaStream>>;
  /** Whose sound is in a slot now. */
  readonly heard: Readable<ReadonlySet<string>>;
  /** The active speaker. */
  readonly speaker: Readable<string | null>;
  /** Makes the outgoing connection and its offer ahead of time, in the waiting room. */
  prepare(): Promise<void>;
  /** Joins; again and again by itself until `leave`. */
  join(): Promise<void>;
  /** Whose pictures are on screen, most wanted first. */
  show(participant_ids: readonly string[]): void;
  /** Within a tap: start the sound the browser held back. */
  hear(): Promise<void>;
  got(message: ServerMessage): boolean;
  /** The meeting's socket is open again, or was lost. */
  linked(open: boolean): void;
  leave(): void;
}
