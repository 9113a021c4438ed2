/** The text size the person chose: kept for this tab and, where the browser keeps cookies, for the next visit. */

const SIZES = [100, 115, 130, 150, 175, 200] as const;
const KEPT = "text_size";
const state = $state({ percent: kept() });

function kept(): number {
  if (typeof document === "undefined") return 100;
  const found = Number(/(?:^|; )text_size=(\d+)/.exec(document.cookie)?.[1] ?? 100);
  return (SIZES as readonly number[]).includes(found) ? found : 100;
}

/** The size now, in percent. */
export function textSize(): number {
  return state.percent;
}

/** One size up (1) or down (-1). */
export function stepTextSize(by: 1 | -1): void {
  const index = (SIZES as readonly number[]).indexOf(state.percent) + by;
  state.percent = SIZES[Math.min(SIZES.length - 1, Math.max(0, index))] ?? 100;
  document.cookie = `${KEPT}=${state.percent}; Path=/; Max-Age=31536000; SameSite=Lax; Secure`;
  applyTextSize();
}

/** Put the chosen size on the page; rem units follow. */
export function applyTextSize(): void {
  document.documentElement.style.setProperty("--text", `${state.percent}%`);
}

/** Whether there is a size in that direction. */
export function mayStep(by: 1 | -1): boolean {
  return by === 1 ? state.percent < 200 : state.percent > 100;
}
