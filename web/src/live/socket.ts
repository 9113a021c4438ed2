import { ApiError, api } from "./api.ts";
import {
  type Beat,
  type ClientMessage,
  CLOSE,
  type Hello,
  type PlanResume,
  type ServerMessage,
  VERSION,
} from "./protocol.gen.ts";
import { Listeners, type Readable, Value } from "./readable.ts";

/** Why a socket will not come back by itself. */
export type EndReason = "left" | "removed" | "replaced" | "not_allowed" | "signed_out" | "over";

export type SocketState =
  | { kind: "idle" }
  | { kind: "connecting"; attempt: number }
  | { kind: "open" }
  /** `at_ms`: when the next try starts (Date.now() scale); `offline`: the device itself has no network. */
  | { kind: "retrying"; attempt: number; at_ms: number; offline: boolean }
  | { kind: "ended"; why: EndReason };

/** The part of WebSocket that is used. */
export interface WebSocketLike {
  binaryType: BinaryType;
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onerror: ((event: Event) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

export interface SocketOptions {
  /** What the client still holds, told in `hello`. */
  resume: () => { after: number | null; plan: PlanResume[] };
  /** A fresh single-use ticket. */
  ticket?: () => Promise<string>;
  open?: (url: string) => WebSocketLike;
  url?: string;
  random?: () => number;
}

export const BEAT_MS = 10_000;
export const DEAD_MS = 25_000;
const FIRST_RETRY_MS = 300;
const MAX_RETRY_MS = 8_000;
const QUICK_RETRY_MS = 100;
const STABLE_MS = 10_000;
const OPEN_TIMEOUT_MS = 10_000;

const ENDING: Readonly<Record<number, EndReason>> = {
  [CLOSE.NOT_ALLOWED]: "not_allowed",
  [CLOSE.REMOVED]: "removed",
  [CLOSE.REPLACED]: "replaced",
};

/**
 * The meeting's one WebSocket, kept alive: ticket → `/live` → `hello`, then again after every loss, until it ends.
 * Text frames are messages, binary frames are plan frames. What is sent while it is down is dropped (`send` says so):
 * the meeting store and the plan provider send again what matters after the next `welcome`.
 */
export class Socket {
  readonly #state = new Value<SocketState>({ kind: "idle" });
  readonly state: Readable<SocketState> = this.#state;
  /** Every message of the server. */
  readonly messages = new Listeners<[ServerMessage]>();
  /** Every plan frame. */
  readonly frames = new Listeners<[Uint8Array]>();

  readonly #options: Required<SocketOptions>;
  #socket: WebSocketLike | null = null;
  #attempt = 0;
  #generation = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #opening: ReturnType<typeof setTimeout> | undefined;
  #stable: ReturnType<typeof setTimeout> | undefined;
  #heard_at = 0;
  #beat_at = 0;
  #beat_ref = 0;

  constructor(options: SocketOptions) {
    this.#options = {
      ticket: async () => (await api.ticket()).ticket,
      open: (url) => new WebSocket(url) as WebSocketLike,
      url: options.url ?? live_url(),
      random: Math.random,
      ...options,
    } as Required<SocketOptions>;
  }

  /** Connect now and stay connected. */
  start(): void {
    if (this.#state.value.kind !== "idle" && this.#state.value.kind !== "ended") return;
    this.#listen(true);
    this.#attempt = 0;
    void this.#connect();
  }

  /** Close for good. `why` is what `state` says afterwards. */
  end(why: EndReason): void {
    this.#generation += 1;
    this.#listen(false);
    clearTimeout(this.#retry);
    this.#drop(1000);
    this.#state.set({ kind: "ended", why });
  }

  /** Sends one message now; false when the socket is down. */
  send(message: ClientMessage): boolean {
    if (this.#state.value.kind !== "open" || !this.#socket) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Sends one plan frame now; false when the socket is down. */
  sendFrame(frame: Uint8Array<ArrayBuffer>): boolean {
    if (this.#state.value.kind !== "open" || !this.#socket) return false;
    this.#socket.send(frame);
    return true;
  }

  /** Give up this connection and make a new one at once, as after a change of network. */
  reconnect(): void {
    if (this.#state.value.kind === "ended" || this.#state.value.kind === "idle") return;
    this.#attempt = 0;
    this.#drop(4000);
    void this.#connect();
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#retry);
    const generation = ++this.#generation;
    const current = (): boolean => generation === this.#generation;
    this.#state.set({ kind: "connecting", attempt: this.#attempt });
    let ticket: string;
    try {
      ticket = await this.#options.ticket();
    } catch (error) {
      if (current()) this.#ticketRefused(error);
      return;
    }
    if (!current()) return;
    this.#attach(this.#options.open(this.#options.url), ticket, current);
  }

  #attach(socket: WebSocketLike, ticket: string, current: () => boolean): void {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    this.#opening = setTimeout(() => current() && this.#lost(0), OPEN_TIMEOUT_MS);
    socket.onopen = () => current() && this.#opened(ticket);
    socket.onmessage = (event) => current() && this.#got(event.data);
    socket.onclose = (event) => current() && this.#lost(event.code);
    socket.onerror = () => undefined; // onclose follows
  }

  #opened(ticket: string): void {
    clearTimeout(this.#opening);
    const hello: Hello = { type: "hello", ticket, version: VERSION, ...this.#options.resume() };
    this.#socket?.send(JSON.stringify(hello));
    this.#state.set({ kind: "open" });
    this.#heard_at = this.#beat_at = Date.now();
    clearInterval(this.#watch);
    this.#watch = setInterval(this.#tick, 1_000);
    this.#stable = setTimeout(() => (this.#attempt = 0), STABLE_MS);
  }

  readonly #tick = (): void => {
    const now = Date.now();
    if (now - this.#heard_at >= DEAD_MS) return this.#lost(0);
    if (now - this.#beat_at >= BEAT_MS) this.#beat(now);
  };

  #beat(now: number): void {
    this.#beat_at = now;
    this.#beat_ref += 1;
    const beat: Beat = { type: "beat", ref: this.#beat_ref };
    this.send(beat);
  }

  #got(data: unknown): void {
    this.#heard_at = Date.now();
    if (typeof data !== "string") {
      this.frames.tell(new Uint8Array(data as ArrayBuffer));
      return;
    }
    this.messages.tell(JSON.parse(data) as ServerMessage);
  }

  #lost(code: number): void {
    const why = ENDING[code];
    if (why) return this.end(why);
    this.#drop(4000);
    this.#again(code);
  }

  #ticketRefused(error: unknown): void {
    if (error instanceof ApiError) {
      if (error.status === 401) return this.end("signed_out");
      if (error.status === 403 || error.status === 404) return this.end("not_allowed");
      if (error.status === 410) return this.end("over");
    }
    this.#again(error instanceof ApiError && error.status === 429 ? CLOSE.RATE : 0);
  }

  #again(code: number): void {
    const wait = this.#wait(code);
    this.#attempt += 1;
    const offline = typeof navigator !== "undefined" && navigator.onLine === false;
    this.#state.set({ kind: "retrying", attempt: this.#attempt, at_ms: Date.now() + wait, offline });
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#connect(), wait);
  }

  /** Jittered backoff: half to all of a ceiling that doubles; a restarting server is asked again soon, but not by all at once. */
  #wait(code: number): number {
    const jitter = 0.5 + this.#options.random() / 2;
    if (code === CLOSE.RATE) return MAX_RETRY_MS * jitter;
    if (code === CLOSE.RESTART && this.#attempt === 0) return QUICK_RETRY_MS + this.#options.random() * 900;
    return Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#attempt) * jitter;
  }

  #drop(code: number): void {
    clearInterval(this.#watch);
    clearTimeout(this.#opening);
    clearTimeout(this.#stable);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    if (socket.readyState < 2) socket.close(code);
  }

  #listen(on: boolean): void {
    if (typeof window === "undefined") return;
    const change = on ? "addEventListener" : "removeEventListener";
    window[change]("online", this.#woke);
    window[change]("offline", this.#slept);
    document[change]("visibilitychange", this.#seen);
    window[change]("pageshow", this.#seen);
  }

  readonly #woke = (): void => {
    if (this.#state.value.kind !== "open") this.reconnect();
    else this.#probe();
  };

  readonly #slept = (): void => {
    if (this.#state.value.kind === "retrying") this.#state.set({ ...this.#state.value, offline: true });
    else this.#probe();
  };

  /** A page that comes back from the background does not wait out its backoff, nor trust an old socket. */
  readonly #seen = (): void => {
    if (document.visibilityState !== "visible") return;
    if (this.#state.value.kind === "retrying") this.reconnect();
    else this.#probe();
  };

  /** Ask for a sign of life; without one within 4 s the socket counts as dead. */
  #probe(): void {
    if (this.#state.value.kind !== "open") return;
    const generation = this.#generation;
    const asked_at = Date.now();
    this.#beat(asked_at);
    setTimeout(() => {
      if (generation === this.#generation && this.#state.value.kind === "open" && this.#heard_at < asked_at) this.#lost(0);
    }, 4_000);
  }
}

function live_url(): string {
  if (typeof location === "undefined") return "ws://localhost/live";
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`;
}
