// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { FakePeerConnection, fakeTrack, useFakeStreams } from "../../testing/peer_connection.ts";
import type { ClientMessage } from "../protocol.gen.ts";
import { Value } from "../readable.ts";
import { CallEngine, DISCONNECTED_MS, JOIN_TIMEOUT_MS } from "./engine.ts";

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

const calls: CallEngine[] = [];

function made() {
  const connections: FakePeerConnection[] = [];
  const sent: ClientMessage[] = [];
  const audio_track = new Value<MediaStreamTrack | null>(null);
  const video_track = new Value<MediaStreamTrack | null>(null);
  const call = new CallEngine({
    devices: { audio_track, video_track },
    send: (message) => sent.push(message) > 0,
    phone: true,
    random: () => 1,
    peer_connection: () => {
      const connection = new FakePeerConnection();
      connections.push(connection);
      return connection as unknown as RTCPeerConnection;
    },
  });
  calls.push(call);
  const joins = (): Extract<ClientMessage, { type: "media.join" }>[] => sent.filter((message) => message.type === "media.join");
  return { call, connections, sent, joins, audio_track, video_track };
}

type Made = ReturnType<typeof made>;

/** The server answers the newest join, and both connections stand. */
async function connect({ call, connections, joins }: Made): Promise<void> {
  const ref = joins().at(-1)?.ref ?? 0;
  call.got({ type: "media.ready", ref, answer: "their-answer", offer: "their-offer", audio_slots: 3, video_slots: 2 });
  await pass(0);
  for (const connection of connections.slice(-2)) connection.become("connected");
}

async function joined(): Promise<Made> {
  const all = made();
  all.call.join();
  all.call.linked(true);
  await pass(0);
  await connect(all);
  return all;
}

beforeEach(() => {
  vi.useFakeTimers();
  useFakeStreams();
});
afterEach(() => {
  for (const call of calls.splice(0)) call.leave();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("the prepared offer is sent once the person is let in, then answer and subscription follow", async () => {
  const all = made();
  await all.call.prepare();
  expect(all.connections).toHaveLength(1);
  expect(all.sent).toEqual([]);
  all.call.join();
  all.call.linked(true);
  await pass(0);
  expect(all.sent).toEqual([{ type: "media.join", ref: 1, offer: "our-offer", video_slots: 4 }]);
  expect(all.connections).toHaveLength(1);
  await connect(all);
  expect(all.connections[0]?.descriptions).toEqual(["local our-offer", "remote their-answer"]);
  expect(all.connections[1]?.descriptions).toEqual(["remote their-offer", "local our-answer"]);
  expect(all.sent).toContainEqual({ type: "media.answer", ref: 1, answer: "our-answer" });
  expect(all.call.state.value.word).toBe("good");
});

test("slots say whose picture and sound it is; a stream stays while person and track stay", async () => {
  const { call } = await joined();
  call.got({ type: "media.slots", audio: ["ruth", null, null], video: ["ruth", "sam"] });
  expect([...call.pictures.value.keys()]).toEqual(["ruth", "sam"]);
  expect([...call.heard.value]).toEqual(["ruth"]);
  const ruth = call.pictures.value.get("ruth");
  call.got({ type: "media.slots", audio: [null, null, null], video: ["ruth", null] });
  expect([...call.pictures.value.keys()]).toEqual(["ruth"]);
  expect(call.pictures.value.get("ruth")).toBe(ruth);
  call.got({ type: "media.speaking", participant_id: "ruth" });
  expect(call.speaker.value).toBe("ruth");
});

test("each audio slot plays in an element of its own", async () => {
  const { call } = await joined();
  expect(document.querySelectorAll("audio")).toHaveLength(3);
  call.leave();
  expect(document.querySelectorAll("audio")).toHaveLength(0);
});

test("turning camera and microphone on or off costs no negotiation", async () => {
  const { connections, sent, audio_track, video_track } = await joined();
  const before = sent.length;
  const camera = fakeTrack("video");
  video_track.set(camera);
  audio_track.set(fakeTrack("audio"));
  await pass(0);
  expect(connections[0]?.sent.get("video")).toBe(camera);
  video_track.set(null);
  await pass(0);
  expect(connections[0]?.sent.get("video")).toBeNull();
  expect(sent).toHaveLength(before);
});

test("two seconds disconnected make a second pair, which takes over when it stands", async () => {
  const all = await joined();
  all.call.got({ type: "media.slots", audio: [null, null, null], video: ["ruth", null] });
  all.connections[1]?.become("disconnected");
  await pass(DISCONNECTED_MS - 1);
  expect(all.joins()).toHaveLength(1);
  await pass(1);
  expect(all.call.state.value.word).toBe("lost");
  expect(all.joins()).toHaveLength(2);
  expect(all.connections[0]?.is_closed).toBe(false);
  const old = all.call.pictures.value.get("ruth");
  await connect(all);
  expect(all.call.state.value.word).toBe("good");
  expect(all.connections.map((one) => one.is_closed)).toEqual([true, true, false, false]);
  expect(all.call.pictures.value.get("ruth")).not.toBe(old);
});

test("a connection that comes back within two seconds is kept", async () => {
  const all = await joined();
  all.connections[1]?.become("disconnected");
  await pass(DISCONNECTED_MS - 1);
  all.connections[1]?.become("connected");
  await pass(10_000);
  expect(all.joins()).toHaveLength(1);
});

test("three seconds without a byte, while someone should be seen, count as broken", async () => {
  const all = await joined();
  all.call.got({ type: "media.slots", audio: ["ruth", null, null], video: [null, null] });
  for (let second = 0; second < 3; second += 1) {
    if (all.connections[1]) all.connections[1].received += 1_000;
    await pass(1_000);
  }
  expect(all.call.state.value.bytes).toBe(3_000);
  expect(all.joins()).toHaveLength(1);
  await pass(3_000);
  expect(all.joins()).toHaveLength(2);
});

test("a refusal is shown, and asked again after the time the server names", async () => {
  const all = made();
  all.call.join();
  all.call.linked(true);
  await pass(0);
  all.call.got({ type: "media.refused", ref: 1, code: "media.unavailable", text: "Not now.", retry_s: 3 });
  expect(all.call.state.value).toMatchObject({ word: "refused", refusal: { code: "media.unavailable" } });
  await pass(2_999);
  expect(all.joins()).toHaveLength(1);
  await pass(1);
  expect(all.joins()).toHaveLength(2);
  await connect(all);
  expect(all.call.state.value).toMatchObject({ word: "good", refusal: null });
});

test("an answer that never comes is not waited for", async () => {
  const all = made();
  all.call.join();
  all.call.linked(true);
  await pass(0);
  await pass(JOIN_TIMEOUT_MS + 500);
  expect(all.joins()).toHaveLength(2);
  expect(all.connections[0]?.is_closed).toBe(true);
});

test("when the media node is gone the call joins again after the time named", async () => {
  const all = await joined();
  await pass(10_000);
  all.call.got({ type: "media.slots", audio: ["ruth", null, null], video: ["ruth", null] });
  expect(all.call.pictures.value.size).toBe(1);
  all.call.got({ type: "media.gone", retry_s: 0.5 });
  expect(all.call.pictures.value.size).toBe(0);
  await pass(500);
  expect(all.joins()).toHaveLength(2);
});

test("late word of a node that is gone does not break the pair that took its place", async () => {
  const all = await joined();
  all.connections[1]?.become("failed");
  await pass(0);
  all.call.got({ type: "media.gone", retry_s: 0.5 });
  await connect(all);
  all.call.got({ type: "media.gone", retry_s: 0.5 });
  await pass(1_000);
  expect(all.joins()).toHaveLength(2);
  expect(all.call.state.value.word).toBe("good");
});

test("a new session joins again beside what still works; who is on screen is told again", async () => {
  const all = await joined();
  all.call.show(["ruth", "sam"]);
  all.call.show(["ruth", "sam"]);
  all.call.linked(false);
  await pass(1_000);
  expect(all.connections[0]?.is_closed).toBe(false);
  all.call.linked(true);
  await pass(0);
  expect(all.joins()).toHaveLength(2);
  await connect(all);
  const shows = all.sent.filter((message) => message.type === "media.show");
  expect(shows).toEqual([
    { type: "media.show", participant_ids: ["ruth", "sam"] },
    { type: "media.show", participant_ids: ["ruth", "sam"] },
  ]);
});

test("the network's return joins anew; leaving ends everything", async () => {
  const all = await joined();
  window.dispatchEvent(new Event("online"));
  await pass(0);
  expect(all.joins()).toHaveLength(2);
  all.call.leave();
  await pass(60_000);
  window.dispatchEvent(new Event("online"));
  expect(all.joins()).toHaveLength(2);
  expect(all.connections.every((one) => one.is_closed)).toBe(true);
});
