// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ApiError } from "./api.ts";
import { BEAT_MS, DEAD_MS, Socket, type WebSocketLike } from "./socket.ts";

/** The browser's end of a WebSocket, moved by hand. */
class Wire implements WebSocketLike {
  binaryType: BinaryType = "blob";
  readyState = 0;
  readonly bufferedAmount = 0;
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  readonly sent: (string | Uint8Array)[] = [];
  closed_with: number | null = null;

  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }

  close(code?: number): void {
    this.readyState = 3;
    this.closed_with = code ?? 1005;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.(new Event("open"));
  }

  say(data: unknown): void {
    this.onmessage?.({ data } as MessageEvent);
  }

  drop(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code } as CloseEvent);
  }
}

function opened() {
  const wires: Wire[] = [];
  const tickets: string[] = [];
  let refuse: ApiError | null = null;
  const socket = new Socket({
    url: "ws://hearth.test/live",
    random: () => 1,
    resume: () => ({ after: 7, plan: [] }),
    ticket: async () => {
      if (refuse) throw refuse;
      tickets.push(`ticket-${tickets.length}`);
      return tickets.at(-1) as string;
    },
    open: () => {
      const wire = new Wire();
      wires.push(wire);
      return wire;
    },
  });
  const last = (): Wire => wires.at(-1) as Wire;
  return { socket, wires, last, refuseTickets: (error: ApiError | null) => (refuse = error) };
}

async function started() {
  const made = opened();
  made.socket.start();
  await vi.advanceTimersByTimeAsync(0);
  made.last().accept();
  return made;
}

/** Lets due timers and promises run. */
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("it says hello with a fresh ticket and what it still holds", async () => {
  const { socket, last } = await started();
  expect(socket.state.value).toEqual({ kind: "open" });
  expect(JSON.parse(last().sent[0] as string)).toEqual({
    type: "hello",
    ticket: "ticket-0",
    version: 1,
    after: 7,
    plan: [],
  });
});

test("messages and plan frames are told apart", async () => {
  const { socket, last } = await started();
  const told: unknown[] = [];
  socket.messages.add((message) => told.push(message));
  socket.frames.add((frame) => told.push(frame));
  last().say('{"type":"beat","ref":1,"server_time":2}');
  last().say(new Uint8Array([0, 0, 2]).buffer);
  expect(told).toEqual([{ type: "beat", ref: 1, server_time: 2 }, new Uint8Array([0, 0, 2])]);
});

test("a lost socket is tried again with a growing, jittered wait of at most 8 s and a new ticket each time", async () => {
  const { socket, wires } = await started();
  const waits: number[] = [];
  for (let count = 0; count < 8; count += 1) {
    wires.at(-1)?.drop(1006);
    const state = socket.state.value;
    if (state.kind !== "retrying") throw new Error(state.kind);
    waits.push(state.at_ms - Date.now());
    await pass(state.at_ms - Date.now());
  }
  expect(waits).toEqual([300, 600, 1200, 2400, 4800, 8000, 8000, 8000]);
  wires.at(-1)?.accept();
  expect(JSON.parse(wires.at(-1)?.sent[0] as string).ticket).toBe("ticket-8");
});

test("a connection that held ten seconds starts the waits anew", async () => {
  const { socket, wires } = await started();
  wires[0]?.drop(1006);
  await pass(300);
  wires[1]?.accept();
  wires[1]?.say("{\"type\":\"beat\"}");
  await pass(10_000);
  wires[1]?.drop(1006);
  expect(socket.state.value).toMatchObject({ kind: "retrying", attempt: 1 });
});

test.each([
  [4410, "removed"],
  [4411, "replaced"],
  [4403, "not_allowed"],
] as const)("close code %i ends it: %s", async (code, why) => {
  const { socket, wires, last } = await started();
  last().drop(code);
  expect(socket.state.value).toEqual({ kind: "ended", why });
  await pass(60_000);
  expect(wires).toHaveLength(1);
});

test("4401 asks for a new ticket; a server that restarts is asked again soon", async () => {
  const { socket, wires, last } = await started();
  last().drop(4401);
  await pass(300);
  expect(wires).toHaveLength(2);
  const other = await started();
  other.last().drop(1012);
  expect(other.socket.state.value).toMatchObject({ kind: "retrying", at_ms: Date.now() + 1_000 });
  socket.end("left");
});

test.each([4413, 1009])("a message that was too big (%i) is a lost socket, however it was cut", async (code) => {
  const { socket, wires, last } = await started();
  last().drop(code);
  expect(socket.state.value).toEqual({ kind: "retrying", attempt: 1, at_ms: Date.now() + 300, offline: false });
  await pass(300);
  expect(wires).toHaveLength(2);
});

test.each([
  [new ApiError(401, "guest.signed_out", ""), "signed_out"],
  [new ApiError(403, "meeting.not_yours", ""), "not_allowed"],
  [new ApiError(410, "meeting.over", ""), "over"],
] as const)("a ticket refused for good ends it (%s)", async (error, why) => {
  const { socket, refuseTickets } = opened();
  refuseTickets(error);
  socket.start();
  await pass(0);
  expect(socket.state.value).toEqual({ kind: "ended", why });
});

test("a ticket that could not be had is tried again", async () => {
  const { socket, refuseTickets, wires } = opened();
  refuseTickets(new ApiError(0, "network.unreachable", ""));
  socket.start();
  await pass(0);
  expect(socket.state.value.kind).toBe("retrying");
  refuseTickets(null);
  await pass(8_000);
  expect(wires).toHaveLength(1);
});

test("it beats every ten seconds, and 25 s of silence is a dead socket", async () => {
  const { socket, last } = await started();
  const wire = last();
  await pass(BEAT_MS);
  expect(JSON.parse(wire.sent[1] as string)).toEqual({ type: "beat", ref: 1 });
  wire.say('{"type":"beat","ref":1,"server_time":2}');
  await pass(DEAD_MS - 1_000);
  expect(socket.state.value.kind).toBe("open");
  await pass(1_000);
  expect(socket.state.value.kind).toBe("retrying");
  expect(wire.closed_with).toBe(4000);
});

test("the network's return does not wait out the backoff", async () => {
  const { wires, last } = await started();
  for (let count = 0; count < 5; count += 1) {
    last().drop(1006);
    await pass(8_000);
  }
  last().drop(1006);
  const count = wires.length;
  window.dispatchEvent(new Event("online"));
  await pass(0);
  expect(wires).toHaveLength(count + 1);
});

test("a page that comes back asks for a sign of life and gives up on a mute socket after 4 s", async () => {
  const { socket, last } = await started();
  await pass(1_000);
  document.dispatchEvent(new Event("visibilitychange"));
  expect(JSON.parse(last().sent.at(-1) as string).type).toBe("beat");
  await pass(4_000);
  expect(socket.state.value.kind).toBe("retrying");
});

test("what is sent while it is down is dropped, and said so", async () => {
  const { socket, last } = await started();
  expect(socket.send({ type: "leave" })).toBe(true);
  last().drop(1006);
  expect(socket.send({ type: "leave" })).toBe(false);
  expect(socket.sendFrame(new Uint8Array([0]))).toBe(false);
});

test("an answer that comes after the end changes nothing", async () => {
  const { socket, wires } = opened();
  socket.start();
  socket.end("left");
  await pass(10_000);
  expect(wires).toHaveLength(0);
  expect(socket.state.value).toEqual({ kind: "ended", why: "left" });
});
