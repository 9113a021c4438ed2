import type { MediaReady, MediaRefused, ServerMessage } from "../protocol.gen.ts";
import { type Readable, Value } from "../readable.ts";
import type { CallOptions, CallState } from "./call.ts";
import { NetworkWatch } from "./network.ts";
import { MediaPair } from "./pair.ts";
import { Quality, sample } from "./quality.ts";
import { Sound } from "./sound.ts";

export const DISCONNECTED_MS = 2_000;
export const SILENT_SAMPLES = 3;
export const JOIN_TIMEOUT_MS = 8_000;
/** Word of a lost node within this time after a pair took over speaks of the node before. */
const SETTLED_MS = 5_000;
const SAMPLE_MS = 1_000;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 8_000;
const NO_SLOTS = { audio: [], video: [] } as const;

/**
 * Sound and picture of the meeting: one connection out, one in. When they break, a second pair is made beside the first
 * and takes its place once it is connected. `join` is meant once; the call keeps itself up until `leave`.
 */
export class CallEngine {
  readonly #state = new Value<CallState>({ word: "joining", refusal: null, bytes: 0, tap_to_hear: false });
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
  readonly #sound = new Sound();
  readonly #network = new NetworkWatch(() => this.#rejoin(0));
  readonly #ends: (() => void)[] = [];
  /** The pair in use, and the one being made to take its place. */
  #pair: MediaPair | null = null;
  #next: MediaPair | null = null;
  /** The pair last offered to the server; one that was only prepared is still good. */
  #offered: MediaPair | null = null;
  #quality = new Quality();
  #bytes_before = 0;
  #slots: { readonly audio: readonly (string | null)[]; readonly video: readonly (string | null)[] } = NO_SLOTS;
  #shown: readonly string[] | null = null;
  #is_wanted = false;
  #is_linked = false;
  #ref = 0;
  #swapped_at = -Infinity;
  /** The server said that the pair in use leads nowhere; the browser may take seconds to see it. */
  #is_gone = false;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #sampler: ReturnType<typeof setInterval> | undefined;

  constructor(options: CallOptions) {
    this.#options = options;
    const { audio_track, video_track } = options.devices;
    this.#ends.push(audio_track.subscribe((track) => this.#sendTrack("audio", track)));
    this.#ends.push(video_track.subscribe((track) => this.#sendTrack("video", track)));
    this.#ends.push(this.#sound.is_blocked.subscribe((tap_to_hear) => this.#set({ tap_to_hear })));
  }

  /** Makes the outgoing connection and its offer ahead of time, in the waiting room. */
  async prepare(): Promise<void> {
    if (this.#pair || this.#next || !this.#isSupported()) return;
    await this.#make().offer();
  }

  /** Joins once the socket is open, and stays joined. */
  join(): void {
    if (this.#is_wanted) return;
    if (!this.#isSupported()) {
      this.#set({ word: "refused", refusal: { code: "media.unsupported", text: "This browser has no video calls." } });
      return;
    }
    this.#is_wanted = true;
    this.#network.start();
    this.#sampler = setInterval(() => void this.#sample(), SAMPLE_MS);
    this.#set({ word: "joining", refusal: null });
    if (this.#is_linked) void this.#attach();
  }

  /** Whose pictures are on screen, most wanted first. */
  show(participant_ids: readonly string[]): void {
    if (JSON.stringify(participant_ids) === JSON.stringify(this.#shown)) return;
    this.#shown = [...participant_ids];
    this.#tellShown();
  }

  /** Within a tap: start the sound the browser held back. */
  hear(): Promise<void> {
    return this.#sound.hear();
  }

  /** Takes one message of the server; returns whether it was about sound and picture. */
  got(message: ServerMessage): boolean {
    switch (message.type) {
      case "media.ready":
        void this.#ready(message);
        return true;
      case "media.refused":
        this.#refused(message);
        return true;
      case "media.slots":
        this.#slots = message;
        this.#render();
        return true;
      case "media.speaking":
        this.#speaker.set(message.participant_id);
        return true;
      case "media.gone":
        this.#gone(message.retry_s * 1000);
        return true;
      default:
        return false;
    }
  }

  /** A new session was welcomed, or the socket was lost. The connections outlive the socket for a while. */
  linked(open: boolean): void {
    this.#is_linked = open;
    if (open && this.#is_wanted) this.#rejoin(0);
    if (!open) clearTimeout(this.#patience);
  }

  leave(): void {
    this.#is_wanted = false;
    this.#network.stop();
    clearInterval(this.#sampler);
    for (const timer of [this.#retry, this.#patience, this.#grace]) clearTimeout(timer);
    for (const end of this.#ends.splice(0)) end();
    this.#pair?.close();
    this.#next?.close();
    this.#pair = this.#next = null;
    this.#slots = NO_SLOTS;
    this.#sound.close();
    this.#render();
    this.#set({ word: "off" });
  }

  #isSupported(): boolean {
    return this.#options.peer_connection !== undefined || typeof RTCPeerConnection !== "undefined";
  }

  #make(): MediaPair {
    const pair: MediaPair = new MediaPair({
      phone: this.#options.phone ?? false,
      make: this.#options.peer_connection ?? (() => new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" })),
      changed: () => this.#changed(pair),
    });
    void pair.send("audio", this.#options.devices.audio_track.value);
    void pair.send("video", this.#options.devices.video_track.value);
    this.#next = pair;
    return pair;
  }

  /** Offers a pair to the server: the prepared one, or a new one. */
  async #attach(): Promise<void> {
    clearTimeout(this.#retry);
    const pair = this.#next ?? this.#make();
    const offer = await pair.offer();
    if (pair !== this.#next || !this.#is_wanted || !this.#is_linked) return;
    this.#ref += 1;
    this.#offered = pair;
    const video_slots = this.#options.video_slots ?? (this.#options.phone ? 4 : 9);
    this.#options.send({ type: "media.join", ref: this.#ref, offer, video_slots });
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.#again(), JOIN_TIMEOUT_MS);
  }

  async #ready(message: MediaReady): Promise<void> {
    const pair = this.#next;
    if (!pair || message.ref !== this.#ref) return;
    try {
      const answer = await pair.accept(message);
      if (pair === this.#next) this.#options.send({ type: "media.answer", ref: message.ref, answer });
    } catch {
      if (pair === this.#next) this.#again(); // closed meanwhile, or the browser did not take the offer
    }
  }

  #refused(message: MediaRefused): void {
    if (message.ref !== this.#ref || !this.#is_wanted) return;
    if (!this.#pair?.is_connected) this.#set({ word: "refused", refusal: { code: message.code, text: message.text } });
    this.#again(message.retry_s * 1000);
  }

  /** The server lost the media node. It may say so after we noticed ourselves and are well on another one. */
  #gone(retry_ms: number): void {
    const is_replaced = this.#next !== null || Date.now() - this.#swapped_at < SETTLED_MS;
    if (is_replaced && this.#next === this.#offered) return;
    this.#is_gone = true;
    this.#slots = NO_SLOTS;
    this.#render();
    this.#set({ word: "lost" });
    this.#rejoin(retry_ms);
  }

  /** The pair being made is given up; another follows after a while that grows. */
  #again(at_least_ms = 0): void {
    const jitter = 0.5 + (this.#options.random ?? Math.random)() / 2;
    const wait = Math.max(at_least_ms, Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#attempt) * jitter);
    this.#attempt += 1;
    this.#rejoin(wait);
  }

  /** Makes a new pair beside the one in use. */
  #rejoin(wait_ms: number): void {
    if (!this.#is_wanted) return;
    for (const timer of [this.#retry, this.#patience]) clearTimeout(timer);
    if (this.#next === this.#offered) {
      this.#next?.close();
      this.#next = this.#offered = null;
    }
    if (!this.#is_linked) return;
    if (wait_ms <= 0) void this.#attach();
    else this.#retry = setTimeout(() => void this.#attach(), wait_ms);
  }

  #changed(pair: MediaPair): void {
    if (pair === this.#next) {
      if (pair.is_connected) this.#swap(pair);
      else if (pair.is_broken) this.#again();
    } else if (pair === this.#pair) {
      this.#watch(pair);
      this.#render();
    }
  }

  /** The new pair stands: it takes over, and the old one goes. */
  #swap(pair: MediaPair): void {
    clearTimeout(this.#patience);
    clearTimeout(this.#grace);
    this.#grace = undefined;
    const old = this.#pair;
    this.#pair = pair;
    this.#next = this.#offered = null;
    this.#attempt = 0;
    this.#swapped_at = Date.now();
    this.#is_gone = false;
    this.#bytes_before += this.#quality.bytes;
    this.#quality = new Quality();
    this.#set({ word: "good", refusal: null });
    this.#tellShown();
    this.#render();
    old?.close();
  }

  /** A disconnected pair has two seconds to come back; a failed one none. */
  #watch(pair: MediaPair): void {
    if (!pair.is_disconnected) {
      clearTimeout(this.#grace);
      this.#grace = undefined;
      if (this.#state.value.word === "lost") this.#set({ word: "good" });
      return;
    }
    if (this.#next || this.#grace !== undefined) return;
    this.#grace = setTimeout(() => this.#broke(), pair.is_broken ? 0 : DISCONNECTED_MS);
  }

  #broke(): void {
    this.#grace = undefined;
    this.#set({ word: "lost" });
    this.#rejoin(0);
  }

  async #sample(): Promise<void> {
    const pair = this.#pair;
    if (!pair) return;
    const reports = await pair.stats().catch(() => []);
    if (pair !== this.#pair || reports.length === 0) return;
    const word = this.#quality.got(sample(reports));
    const is_silent = this.#quality.silent >= SILENT_SAMPLES && this.#isExpecting();
    this.#set({ bytes: this.#bytes_before + this.#quality.bytes });
    if (is_silent && !this.#next) return this.#broke();
    if (pair.is_connected && !is_silent && !this.#is_gone) this.#set({ word });
  }

  #isExpecting(): boolean {
    return [...this.#slots.video, ...this.#slots.audio].some((participant_id) => participant_id !== null);
  }

  #sendTrack(kind: "audio" | "video", track: MediaStreamTrack | null): void {
    for (const pair of [this.#pair, this.#next]) void pair?.send(kind, track).catch(() => this.#rejoin(0));
  }

  #tellShown(): void {
    if (this.#shown && this.#pair && this.#is_linked) {
      this.#options.send({ type: "media.show", participant_ids: [...this.#shown] });
    }
  }

  /** Puts the slots' tracks to their people. A stream object stays while person and track stay. */
  #render(): void {
    const tracks = this.#pair?.tracks ?? new Map<string, MediaStreamTrack>();
    const before = this.#pictures.value;
    const pictures = new Map<string, MediaStream>();
    this.#slots.video.forEach((participant_id, index) => {
      const track = tracks.get(`v${index}`);
      if (participant_id === null || !track) return;
      const held = before.get(participant_id);
      pictures.set(participant_id, held?.getVideoTracks()[0] === track ? held : new MediaStream([track]));
    });
    const is_same = pictures.size === before.size && [...pictures].every(([id, stream]) => before.get(id) === stream);
    if (!is_same) this.#pictures.set(pictures);
    const heard = this.#slots.audio.filter((participant_id) => participant_id !== null);
    if (heard.join() !== [...this.#heard.value].join()) this.#heard.set(new Set(heard));
    if (this.#pair) this.#sound.play(new Map([...tracks].filter(([slot]) => slot.startsWith("a"))));
  }

  #set(change: Partial<CallState>): void {
    const state = { ...this.#state.value, ...change };
    if (JSON.stringify(state) !== JSON.stringify(this.#state.value)) this.#state.set(state);
  }
}
