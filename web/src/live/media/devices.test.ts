// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { FakeMediaStream, fakeTrack, useFakeStreams } from "../../testing/peer_connection.ts";
import { Devices, WATCHDOG_MS } from "./devices.ts";

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

function failing(name: string): Error {
  return new DOMException("no", name);
}

/** A browser with these answers, one a question; the last one stands for all that follow. */
function browser(...answers: (Error | "ok" | Promise<unknown>)[]) {
  const asked: MediaStreamConstraints[] = [];
  const devices = new Devices({
    phone: true,
    get_user_media: async (wanted) => {
      const answer = answers[Math.min(asked.length, answers.length - 1)];
      asked.push(wanted);
      if (answer instanceof Error) throw answer;
      if (answer instanceof Promise) await answer;
      const kinds = (["audio", "video"] as const).filter((kind) => wanted[kind]);
      return new FakeMediaStream(kinds.map(fakeTrack)) as unknown as MediaStream;
    },
  });
  return { devices, asked };
}

beforeEach(() => {
  vi.useFakeTimers();
  useFakeStreams();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("one question for camera and microphone turns both on", async () => {
  const { devices, asked } = browser("ok");
  await expect(devices.ask("video")).resolves.toBeNull();
  expect(asked).toHaveLength(1);
  expect(devices.state.value).toMatchObject({ capture: "video", microphone: true, camera: true, asking: false });
  expect(devices.picture.value).not.toBeNull();
});

test("asking for the camera later leaves a muted microphone muted", async () => {
  const { devices } = browser("ok");
  await devices.ask("audio");
  await devices.setMicrophone(false);
  await devices.ask("video");
  expect(devices.state.value).toMatchObject({ microphone: false, camera: true });
  expect(devices.audio_track.value?.enabled).toBe(false);
});

test("a no is a no: nobody asks again", async () => {
  const { devices, asked } = browser(failing("NotAllowedError"));
  await expect(devices.ask("video")).resolves.toBe("denied");
  expect(asked).toHaveLength(1);
  expect(devices.state.value).toMatchObject({ capture: "none", failure: "denied" });
});

test.each([
  ["NotReadableError", "in_use"],
  ["NotFoundError", "missing"],
])("without the camera (%s) the microphone is still had", async (name, failure) => {
  const { devices, asked } = browser(failing(name), "ok");
  await expect(devices.ask("video")).resolves.toBe(failure);
  expect(asked.map((wanted) => Boolean(wanted.video))).toEqual([true, false]);
  expect(devices.state.value).toMatchObject({ capture: "audio", microphone: true, camera: false });
});

test("a chosen device that is gone is replaced by any", async () => {
  const { devices, asked } = browser("ok", failing("OverconstrainedError"), "ok");
  await devices.ask("audio");
  await devices.choose({ microphone_id: "headset" });
  expect(asked.map((wanted) => JSON.stringify(wanted.audio).includes("headset"))).toEqual([false, true, false]);
  expect(devices.state.value.microphone).toBe(true);
});

test("a browser that does not answer is said so after four seconds; a late answer still counts", async () => {
  let answer = (): void => undefined;
  const { devices } = browser(new Promise<void>((resolve) => (answer = resolve)));
  const asked = devices.ask("video");
  await pass(WATCHDOG_MS);
  await expect(asked).resolves.toBe("hanging");
  expect(devices.state.value).toMatchObject({ asking: true, failure: "hanging" });
  answer();
  await pass(0);
  expect(devices.state.value).toMatchObject({ asking: false, failure: null, capture: "video", microphone: true });
});

test("an answer after the person went on without turns nothing on", async () => {
  let allow = (): void => undefined;
  const { devices } = browser(new Promise<void>((resolve) => (allow = resolve)));
  const asked = devices.ask("video");
  await pass(WATCHDOG_MS);
  await expect(asked).resolves.toBe("hanging");
  devices.goWithout();
  allow();
  await pass(0);
  expect(devices.state.value).toMatchObject({ microphone: false, camera: false, asking: false });
  expect(devices.audio_track.value?.enabled).toBe(false);
});

test("a page without capture says so", async () => {
  vi.stubGlobal("navigator", {});
  const devices = new Devices();
  await expect(devices.ask("video")).resolves.toBe("insecure");
});

test("mute keeps the track and asks nothing; camera off stops it and lets its light go out", async () => {
  const { devices, asked } = browser("ok");
  await devices.ask("video");
  const [audio, video] = [devices.audio_track.value, devices.video_track.value];
  await devices.setMicrophone(false);
  expect(audio?.enabled).toBe(false);
  await devices.setCamera(false);
  expect(video?.readyState).toBe("ended");
  expect(devices.state.value).toMatchObject({ capture: "video", microphone: false, camera: false });
  await devices.setMicrophone(true);
  expect(audio?.enabled).toBe(true);
  expect(asked).toHaveLength(1);
  await devices.setCamera(true);
  expect(asked).toHaveLength(2);
  expect(asked[1]?.audio).toBe(false);
});

test("what a phone call took comes back with the page, as muted as it was", async () => {
  const { devices } = browser("ok");
  await devices.ask("audio");
  await devices.setMicrophone(false);
  const before = devices.audio_track.value;
  before?.stop();
  document.dispatchEvent(new Event("visibilitychange"));
  await pass(0);
  expect(devices.audio_track.value).not.toBe(before);
  expect(devices.audio_track.value?.enabled).toBe(false);
  expect(devices.state.value.microphone).toBe(false);
});

test("flipping the camera asks for the other side, and for the first again where there is no other", async () => {
  const { devices, asked } = browser("ok", "ok", failing("NotFoundError"), "ok");
  await devices.ask("video");
  await devices.flipCamera();
  expect(devices.state.value.facing).toBe("environment");
  await devices.flipCamera();
  expect(devices.state.value).toMatchObject({ facing: "environment", camera: true });
  const sides = asked.map((wanted) => (wanted.video as MediaTrackConstraints).facingMode);
  expect(sides).toEqual(["user", "environment", "user", "environment"].map((ideal) => ({ ideal })));
});

test("a question answered after the end leaves nothing on", async () => {
  let answer = (): void => undefined;
  const { devices } = browser(new Promise<void>((resolve) => (answer = resolve)));
  void devices.ask("video");
  devices.close();
  answer();
  await pass(0);
  expect(devices.audio_track.value).toBeNull();
});
