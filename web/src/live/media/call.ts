import { patiently } from "../lazy.ts";
import type { ClientMessage, ServerMessage } from "../protocol.gen.ts";
import { type Readable, Value } from "../readable.ts";
import type { Devices } from "./devices.ts";
import type { CallEngine } from "./engine.ts";

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
  devices: Pick<Devices, "audio_track" | "video_track">;
  send: (message: ClientMessage) => boolean;
  /** Phones send 360p at most 350 kbit/s and show four tiles. */
  phone?: boolean;
  video_slots?: number;
  peer_connection?: () => RTCPeerConnection;
  random?: () => number;
}

const OFF: CallState = { word: "off", refusal: null, bytes: 0, tap_to_hear: false };

/**
 * Sound and picture of the meeting, as screens see them. The code that makes them is fetched while the person waits; what
 * is asked for before it is there is done then. `join` is meant once; the call keeps itself up until `leave`.
 */
export class Call {
  readonly #state = new Value<CallState>(OFF);
  readonly #pictures = new Value<ReadonlyMap<string, MediaStream>>(new Map());
  readonly #heard = new Value<ReadonlySet<string>>(new Set());
  readonly #speaker = new Value<string | null>(null);
  readonly state: Readable<CallState> = this.#state;
  /** Pictures by participant. */
  readonly pictures: Readable<ReadonlyMap<string, MediaStream>> = this.#pictures;
  /** Whose sound is in a slot now. */
  readonly heard: Readable<ReadonlySet<string>> = this.#heard;
  /** The active speaker. */
  readonly speaker: Readable<string | null> = this.#speaker;

  readonly #options: CallOptions;
  #engine: CallEngine | null = null;
  #inbox: ((engine: CallEngine) => void)[] | null = null;
  #ends: (() => void)[] = [];

  constructor(options: CallOptions) {
    this.#options = options;
  }

  /** Makes the outgoing connection and its offer ahead of time, in the waiting room. */
  prepare(): void {
    this.#load();
    this.#do((engine) => void engine.prepare());
  }

  /** Joins once the socket is open, and stays joined. */
  join(): void {
    this.#load();
    if (this.#state.value.word === "off") this.#state.set({ ...OFF, word: "joining" });
    this.#do((engine) => {
      if (this.#ends.length === 0) this.#follow(engine);
      engine.join();
    });
  }

  /** Whose pictures are on screen, most wanted first. */
  show(participant_ids: readonly string[]): void {
    this.#load();
    this.#do((engine) => engine.show(participant_ids));
  }

  /** Within a tap: start the sound the browser held back. */
  async hear(): Promise<void> {
    await this.#engine?.hear();
  }

  /** Takes one message of the server; returns whether it was about sound and picture. */
  got(message: ServerMessage): boolean {
    const is_ours = message.type.startsWith("media.");
    if (is_ours) this.#do((engine) => void engine.got(message));
    return is_ours;
  }

  /** A new session was welcomed, or the socket was lost. The connections outlive the socket for a while. */
  linked(open: boolean): void {
    if (open) this.#load();
    this.#do((engine) => engine.linked(open));
  }

  /** The end of this call; another `join` begins another. */
  leave(): void {
    this.#engine?.leave();
    for (const end of this.#ends.splice(0)) end();
    this.#engine = this.#inbox = null;
    this.#state.set(OFF);
    this.#pictures.set(new Map());
    this.#heard.set(new Set());
    this.#speaker.set(null);
  }

  #load(): void {
    if (this.#engine || this.#inbox) return;
    const inbox: ((engine: CallEngine) => void)[] = [];
    this.#inbox = inbox;
    void patiently(() => import("./engine.ts")).then(({ CallEngine }) => {
      if (this.#inbox !== inbox) return; // left meanwhile
      const engine = new CallEngine(this.#options);
      this.#engine = engine;
      this.#inbox = null;
      for (const act of inbox) act(engine);
    });
  }

  #do(act: (engine: CallEngine) => void): void {
    if (this.#engine) act(this.#engine);
    else this.#inbox?.push(act);
  }

  #follow(engine: CallEngine): void {
    this.#ends = [
      engine.state.subscribe((state) => this.#state.set(state)),
      engine.pictures.subscribe((pictures) => this.#pictures.set(pictures)),
      engine.heard.subscribe((heard) => this.#heard.set(heard)),
      engine.speaker.subscribe((speaker) => this.#speaker.set(speaker)),
    ];
  }
}
