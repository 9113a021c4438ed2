/** Small things done to one element. Use as `{@attach heading}`. */

if (typeof document !== "undefined") {
  // A heading shows that it has the focus to those who go by keyboard only.
  addEventListener("keydown", (event) => event.key === "Tab" && (document.documentElement.dataset.keys = "tab"), true);
}

/** Moves the focus to a screen's heading when the screen appears, so that it is read first. */
export function heading(element: HTMLElement): void {
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

/** Plays a stream in a video element; null shows nothing. Black pictures after a phone call come back by re-attaching. */
export function stream(source: MediaStream | null): (video: HTMLVideoElement) => () => void {
  return (video) => {
    const play = (): void => void video.play().catch(() => undefined);
    const again = (): void => {
      if (document.visibilityState !== "visible" || !video.paused) return;
      video.srcObject = null;
      video.srcObject = source;
      play();
    };
    video.muted = true;
    video.srcObject = source;
    if (source) play();
    document.addEventListener("visibilitychange", again);
    return () => {
      document.removeEventListener("visibilitychange", again);
      video.srcObject = null;
    };
  };
}

/** Grows a textarea with its text, where the browser has no `field-sizing`. */
export function grow(field: HTMLTextAreaElement): (() => void) | void {
  if (CSS.supports("field-sizing", "content")) return;
  const fit = (): void => {
    field.style.setProperty("block-size", "auto");
    field.style.setProperty("block-size", `${field.scrollHeight + 2}px`);
  };
  fit();
  field.addEventListener("input", fit);
  return () => field.removeEventListener("input", fit);
}
