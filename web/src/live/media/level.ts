import { type Readable, Value } from "../readable.ts";

/** Below this a microphone gives nothing: the quietest room is louder. */
export const SILENCE = 1e-4;
/** For so long it must give nothing at all before anyone says so. */
const SILENT_MS = 8_000;
/** A microphone that has been heard may be one that sends nothing while its person listens. */
const SILENT_AGAIN_MS = 30_000;
const LEVEL_SAMPLES = 1_024;
const MEMORY_SAMPLES = 32_768;
/** Look this often, and nothing is missed at 48 000 samples a second. */
export const LOOK_MS = 500;

/** Listens to a microphone: its level for a bar, and how long it has given digital silence. */
export class LevelMeter {
  readonly #level = new Value(0);
  #readers = 0;
  #context: AudioContext | null = null;
  #source: MediaStreamAudioSourceNode | null = null;
  #analyser: AnalyserNode | null = null;
  #samples = new Float32Array(LEVEL_SAMPLES);
  /** Remembers two thirds of a second, so that no sound between two looks is missed. */
  #memory: AnalyserNode | null = null;
  #remembered = new Float32Array(MEMORY_SAMPLES);
  #heard = false;
  #frame = 0;
  #silent_since: number | null = null;

  /** 0..1, moving only while someone reads it. */
  readonly level: Readable<number>;

  constructor() {
    const level = this.#level;
    this.level = {
      get value() {
        return level.value;
      },
      subscribe: (run) => this.#subscribe(run),
    };
  }

  /** Make sound possible. Call it within a tap. */
  context(): AudioContext | null {
    if (!this.#context && typeof AudioContext !== "undefined") this.#context = new AudioContext();
    if (this.#context?.state === "suspended") void this.#context.resume().catch(() => undefined);
    return this.#context;
  }

  /** Listen to this microphone from now on; null: to none. */
  listen(track: MediaStreamTrack | null): void {
    this.#source?.disconnect();
    this.#source = null;
    this.#silent_since = null;
    this.#heard = false;
    const context = track && this.context();
    if (!context || !track) return this.#level.set(0);
    this.#analyser ??= new AnalyserNode(context, { fftSize: LEVEL_SAMPLES });
    this.#memory ??= new AnalyserNode(context, { fftSize: MEMORY_SAMPLES });
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(this.#analyser);
    this.#source.connect(this.#memory);
  }

  /** Whether nothing at all has come in for long; false while that cannot be known. Ask every `LOOK_MS`. */
  isSilent(now: number): boolean {
    const is_knowable = this.#source && this.#context?.state === "running" && document.visibilityState === "visible";
    const is_quiet = is_knowable && peak(this.#memory, this.#remembered) <= SILENCE;
    if (is_knowable && !is_quiet) this.#heard = true;
    this.#silent_since = is_quiet ? (this.#silent_since ?? now) : null;
    return this.#silent_since !== null && now - this.#silent_since >= (this.#heard ? SILENT_AGAIN_MS : SILENT_MS);
  }

  /** What was silent while muted does not count. */
  startAnew(): void {
    this.#silent_since = null;
  }

  close(): void {
    this.listen(null);
    cancelAnimationFrame(this.#frame);
    void this.#context?.close().catch(() => undefined);
    this.#context = this.#analyser = this.#memory = null;
  }

  #subscribe(run: (level: number) => void): () => void {
    const stop = this.#level.subscribe(run);
    this.#readers += 1;
    if (this.#readers === 1) this.#draw();
    return () => {
      stop();
      this.#readers -= 1;
      if (this.#readers === 0) cancelAnimationFrame(this.#frame);
    };
  }

  readonly #draw = (): void => {
    this.#frame = requestAnimationFrame(this.#draw);
    const loud = this.#source ? Math.min(1, Math.sqrt(peak(this.#analyser, this.#samples)) * 1.2) : 0;
    const before = this.#level.value;
    const next = loud > before ? loud : before * 0.88;
    this.#level.set(next < 0.01 ? 0 : next);
  };
}

function peak(analyser: AnalyserNode | null, samples: Float32Array<ArrayBuffer>): number {
  analyser?.getFloatTimeDomainData(samples);
  let most = 0;
  for (const sample of samples) most = Math.max(most, Math.abs(sample));
  return most;
}

/** Two notes, as a doorbell; resolves when they are over. */
export function chime(context: AudioContext): Promise<void> {
  return new Promise((resolve) => {
    const start = context.currentTime + 0.02;
    const notes = [660, 880].map((frequency, index) => note(context, frequency, start + index * 0.28));
    const last = notes.at(-1);
    if (last) last.onended = () => resolve();
  });
}

function note(context: AudioContext, frequency: number, at: number): OscillatorNode {
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.25, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.001, at + 0.55);
  const oscillator = new OscillatorNode(context, { frequency });
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + 0.6);
  return oscillator;
}
