/** What a screen reader is told, politely. Sentences that come close together are said as one, at most every two seconds. */

const GAP_MS = 2_000;
const state = $state({ said: "" });
let queue: string[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let last = -Infinity;

/** Say this soon; the same sentence is not said twice in one go. */
export function announce(sentence: string): void {
  if (!queue.includes(sentence)) queue.push(sentence);
  if (timer !== undefined) return;
  timer = setTimeout(say, Math.max(100, last + GAP_MS - Date.now()));
}

function say(): void {
  timer = undefined;
  last = Date.now();
  state.said = queue.join(" ");
  queue = [];
}

/** What stands in the live region now. */
export function said(): string {
  return state.said;
}
