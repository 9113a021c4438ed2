/** Tells when the device moved to another network: from Wi-Fi to mobile data, or back from none. */
export class NetworkWatch {
  readonly #moved: () => void;
  #type: string | undefined;

  constructor(moved: () => void) {
    this.#moved = moved;
  }

  start(): void {
    if (typeof window === "undefined") return;
    this.#type = connection()?.type;
    connection()?.addEventListener("change", this.#look);
    window.addEventListener("online", this.#moved);
  }

  stop(): void {
    if (typeof window === "undefined") return;
    connection()?.removeEventListener("change", this.#look);
    window.removeEventListener("online", this.#moved);
  }

  /** The event also comes for mere estimates of speed: only another kind of network counts. */
  readonly #look = (): void => {
    const type = connection()?.type;
    if (type === this.#type) return;
    this.#type = type;
    if (type !== undefined && type !== "none") this.#moved();
  };
}

function connection(): (EventTarget & { readonly type?: string }) | undefined {
  return (navigator as { connection?: EventTarget & { readonly type?: string } }).connection;
}
