/** Whether a media query holds, as state a template follows. */
export class MediaQuery {
  #holds = $state(false);

  constructor(query: string) {
    if (typeof matchMedia === "undefined") return;
    const list = matchMedia(query);
    this.#holds = list.matches;
    list.addEventListener("change", () => (this.#holds = list.matches));
  }

  get holds(): boolean {
    return this.#holds;
  }
}

/** A laptop: room for three zones side by side. */
export const wide = new MediaQuery("(min-width: 64rem)");
