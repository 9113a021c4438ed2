/** One short message at the foot of the page, with at most one thing to do. It stays until used, replaced or 12 s old. */

export interface Toast {
  readonly text: string;
  readonly word?: string;
  readonly act?: () => void;
  /** Runs once when the message goes, used or not. */
  readonly gone?: () => void;
}

const STAYS_MS = 12_000;
const state = $state<{ toast: Toast | null }>({ toast: null });
let timer: ReturnType<typeof setTimeout> | undefined;

/** Show this; what stood there goes. */
export function toast(shown: Toast): void {
  dismissToast();
  state.toast = shown;
  timer = setTimeout(dismissToast, STAYS_MS);
}

export function dismissToast(): void {
  clearTimeout(timer);
  const gone = state.toast?.gone;
  state.toast = null;
  gone?.();
}

export function toastShown(): Toast | null {
  return state.toast;
}
