/** Stands in for `lib0/logging` in what is shipped: the two words of it that Yjs uses, without colours. */

export const ORANGE = "";
export const RED = "";
export const BOLD = "";
export const UNBOLD = "";

/** Tells a developer; Yjs prints ids and counts, never text. */
export function print(...words: unknown[]): void {
  console.info(...words);
}

export const warn = (...words: unknown[]): void => console.warn(...words);
