import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { LevelMeter, LOOK_MS } from "./level.ts";

/** What the browser's audio graph hears; a test sets it. */
const graph = { loud: 0, state: "running" as AudioContextState, visible: true };

class Analyser {
  getFloatTimeDomainData(samples: Float32Array): void {
    samples.fill(0);
    samples[samples.length - 1] = graph.loud;
  }
}

class Context {
  get state(): AudioContextState {
    return graph.state;
  }
  resume = async (): Promise<void> => undefined;
  close = async (): Promise<void> => undefined;
  createMediaStreamSource = () => ({ connect: () => undefined, disconnect: () => undefined });
}

beforeEach(() => {
  Object.assign(graph, { loud: 0, state: "running", visible: true });
  vi.stubGlobal("AudioContext", Context);
  vi.stubGlobal("AnalyserNode", Analyser);
  vi.stubGlobal("MediaStream", class {});
  vi.stubGlobal("document", {
    get visibilityState() {
      return graph.visible ? "visible" : "hidden";
    },
  });
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
});
afterEach(() => vi.unstubAllGlobals());

function listening(): { look(seconds: number): boolean; meter: LevelMeter } {
  const meter = new LevelMeter();
  meter.listen({} as MediaStreamTrack);
  let now = 0;
  const look = (seconds: number): boolean => {
    let silent = false;
    for (const until = now + seconds * 1_000; now < until; now += LOOK_MS) silent = meter.isSilent(now);
    return silent;
  };
  return { look, meter };
}

it("takes eight seconds of nothing at all to call a microphone silent", () => {
  const { look } = listening();
  expect(look(8)).toBe(false);
  expect(look(1)).toBe(true);
});

it("hears the faintest room", () => {
  graph.loud = 2e-4;
  expect(listening().look(60)).toBe(false);
});

it("leaves a listener alone whose phone sends nothing between words", () => {
  const { look } = listening();
  graph.loud = 0.2;
  look(1);
  graph.loud = 5e-5;
  expect(look(20)).toBe(false);
  expect(look(15)).toBe(true);
  graph.loud = 0.2;
  expect(look(0.5)).toBe(false);
});

it.each([
  ["the browser holds sound back", () => (graph.state = "suspended")],
  ["the page is out of sight", () => (graph.visible = false)],
])("accuses nobody while %s", (_, set) => {
  set();
  const { look } = listening();
  expect(look(60)).toBe(false);
  Object.assign(graph, { state: "running", visible: true });
  expect(look(8)).toBe(false);
});

it("does not count what was silent while muted", () => {
  const { look, meter } = listening();
  look(8);
  meter.startAnew();
  expect(look(8)).toBe(false);
});
