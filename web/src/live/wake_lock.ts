/** Keeps the screen on while the meeting runs; asks again when the page comes back. Does nothing where unsupported. */
export class WakeLock {
  #sentinel: WakeLockSentinel | null = null;
  #wanted = false;

  /** Hold the screen on from now on. */
  hold(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    document.addEventListener("visibilitychange", this.#ask);
    void this.#ask();
  }

  /** Let the screen sleep again. */
  release(): void {
    this.#wanted = false;
    document.removeEventListener("visibilitychange", this.#ask);
    void this.#sentinel?.release().catch(() => undefined);
    this.#sentinel = null;
  }

  readonly #ask = async (): Promise<void> => {
    if (!this.#wanted || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    if (this.#sentinel && !this.#sentinel.released) return;
    try {
      this.#sentinel = await navigator.wakeLock.request("screen");
    } catch {
      this.#sentinel = null; // low battery or a policy: the meeting goes on
    }
  };
}
