/** What a scene does once it stands. */

let waiting: MutationObserver | undefined;

/** Presses what is there, or once its code is loaded. */
export function pressOnce(text: RegExp): void {
  waiting?.disconnect(); // another scene stands now
  const watch = new MutationObserver(found);
  function found(): void {
    const button = [...document.querySelectorAll<HTMLElement>("button")].find((one) => text.test(one.innerText.trim()));
    if (!button) return;
    watch.disconnect();
    button.click();
  }
  waiting = watch;
  watch.observe(document.body, { childList: true, subtree: true });
  found();
}

/** Writes into the last such box on the page, as if it had been typed or pasted. */
export function write(text: string, selector = "textarea"): void {
  const box = [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(selector)].at(-1);
  if (!box) return;
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

/** One after the other, each once the screen has followed the one before. */
export function inTurn(...steps: (() => void)[]): () => Promise<void> {
  return async () => {
    for (const step of steps) {
      step();
      for (let frame = 0; frame < 4; frame += 1) await new Promise(requestAnimationFrame);
    }
  };
}

/** Brings what a scene is about into sight. */
export function show(selector: string): void {
  document.querySelector(selector)?.scrollIntoView({ block: "center" });
}
