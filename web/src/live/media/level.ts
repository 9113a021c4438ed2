import { type Readable, Value } from "../readable.ts";

const SILENCE = 1e-5;

/** Listens to a microphone: its level for a bar, and how long it has given digital silence. */
export class LevelMeter {
  readonly #level = new Value(0);
  #readers = 0;
  #context: AudioContext | null = null;
  #source: MediaStreamAudioSourceNode | null = null;
  #analyser: AnalyserNode | null = null;
  #samples = new Float32Array(1024);
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
    const context = track && this.context();
    if (!context || !track) return this.#level.set(0);
    this.#analyser ??= new AnalyserNode(context, { fftSize: 1024, smoothingTimeConstant: 0.5 });
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(this.#analyser);
  }

  /** For how long, in ms, nothing at all has come in; 0 while there is sound, or when that cannot be known. */
  silence(now: number): number {
    if (!this.#source || this.#context?.state !== "running" || this.#peak() > SILENCE) {
      this.#silent_since = null;
      return 0;
    }
    this.#silent_since ??= now;
    return now - this.#silent_since;
  }

  close(): void {
    this.listen(null);
    cancelAnimationFrame(this.#frame);
    void this.#context?.close().catch(() => undefined);
    this.#context = this.#analyser = null;
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
    const loud = this.#source ? Math.min(1, Math.sqrt(this.#peak()) * 1.2) : 0;
    const before = this.#level.value;
    const next = loud > before ? loud : before * 0.88;
    this.#level.set(next < 0.01 ? 0 : next);
  };

  #peak(): number {
    if (!this.#analyser) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let peak = 0;
    for (const sample of this.#samples) peak = Math.max(peak, Math.abs(sample));
    return peak;
  }
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
