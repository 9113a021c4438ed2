import { type Readable, Value } from "../readable.ts";

/** Plays the audio slots. Browsers may want a tap first: `is_blocked` says so until `hear` is called within one. */
export class Sound {
  readonly #is_blocked = new Value(false);
  readonly is_blocked: Readable<boolean> = this.#is_blocked;
  readonly #elements = new Map<string, HTMLAudioElement>();

  /** Play these tracks, by slot; the others fall silent. */
  play(tracks: ReadonlyMap<string, MediaStreamTrack>): void {
    for (const [slot, track] of tracks) {
      const element = this.#element(slot);
      const playing = (element.srcObject as MediaStream | null)?.getAudioTracks()[0];
      if (playing === track) continue;
      element.srcObject = new MediaStream([track]);
      void this.#start(element);
    }
    for (const [slot, element] of this.#elements) if (!tracks.has(slot)) element.srcObject = null;
  }

  /** Within a tap: start what the browser held back. */
  async hear(): Promise<void> {
    this.#is_blocked.set(false);
    await Promise.all([...this.#elements.values()].map((element) => this.#start(element)));
  }

  close(): void {
    for (const element of this.#elements.values()) {
      element.srcObject = null;
      element.remove();
    }
    this.#elements.clear();
    this.#is_blocked.set(false);
  }

  #element(slot: string): HTMLAudioElement {
    const held = this.#elements.get(slot);
    if (held) return held;
    const element = document.createElement("audio");
    element.autoplay = true;
    element.dataset.slot = slot;
    // Phones pause playback for a call or an alarm: go on when it is over.
    element.addEventListener("pause", () => document.visibilityState === "visible" && void this.#start(element));
    document.body.append(element);
    this.#elements.set(slot, element);
    return element;
  }

  async #start(element: HTMLAudioElement): Promise<void> {
    if (!element.srcObject) return;
    try {
      await element.play();
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#is_blocked.set(true);
    }
  }
}
