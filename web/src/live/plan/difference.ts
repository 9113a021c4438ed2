/** One change of a text: at `index`, `remove` characters go and `insert` comes. */
export interface Change {
  readonly index: number;
  readonly remove: number;
  readonly insert: string;
}

/** A change of a Y.Text as Yjs tells it. */
export type Delta = readonly { retain?: number; delete?: number; insert?: unknown }[];

/**
 * The smallest change that makes `before` into `after`; null when they are equal. Where several fit ("aa" → "aaa"),
 * the one that ends at the caret. Never cuts a surrogate pair.
 */
export function difference(before: string, after: string, caret: number): Change | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let tail = 0;
  const most = Math.min(shorter, Math.max(0, after.length - caret));
  while (tail < most && before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)) tail += 1;
  let head = 0;
  while (head < shorter - tail && before.charCodeAt(head) === after.charCodeAt(head)) head += 1;
  // What the caret kept out of the tail and is still alike belongs to neither.
  const rest = shorter - head;
  while (tail < rest && before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)) tail += 1;
  if (head > 0 && isHigh(before.charCodeAt(head - 1))) head -= 1;
  if (tail > 0 && isLow(before.charCodeAt(before.length - tail))) tail -= 1;
  return { index: head, remove: before.length - head - tail, insert: after.slice(head, after.length - tail) };
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

/** A run of letters: known ones from `from` on, or others' (`from` null). */
interface Piece {
  readonly from: number | null;
  readonly length: number;
}

/** How a text moved under a person who still sees what it was: carries their change and caret over. */
export class Drift {
  #pieces: Piece[];

  /** `length` of the text the person sees. */
  constructor(length: number) {
    this.#pieces = length > 0 ? [{ from: 0, length }] : [];
  }

  /** The text changed once more. */
  apply(delta: Delta): void {
    let at = 0;
    for (const step of delta) {
      if (step.retain !== undefined) at += step.retain;
      else if (step.delete !== undefined) this.#cut(at, step.delete);
      else if (typeof step.insert === "string") at += this.#put(at, step.insert.length);
    }
  }

  /** The person's change, as changes of the text now, from the back to the front. What others inserted stays. */
  carry(change: Change): Change[] {
    const to = change.index + change.remove;
    const changes: Change[] = [];
    let at = 0;
    for (const { from, length } of this.#pieces) {
      if (from !== null && from < to && from + length > change.index) {
        const start = Math.max(from, change.index);
        changes.unshift({ index: at + start - from, remove: Math.min(from + length, to) - start, insert: "" });
      }
      at += length;
    }
    if (change.insert) changes.push({ index: this.#place(change.index), remove: 0, insert: change.insert });
    return changes;
  }

  /** Where a caret or selection of the person's field stands, once their change (if any) is carried over. */
  caret(change: Change | null, [start, end]: readonly [number, number]): [number, number] {
    return [this.#caret(change, start), this.#caret(change, end)];
  }

  #caret(change: Change | null, position: number): number {
    if (!change) return this.#place(position);
    const { index, remove, insert } = change;
    if (position < index) return this.#place(position);
    if (position <= index + insert.length) return this.#place(index) + (position - index);
    const known = position - insert.length + remove;
    return this.#place(known) + insert.length - this.#standing(change);
  }

  /** How many of the letters the change removes still stand. */
  #standing({ index, remove }: Change): number {
    let standing = 0;
    for (const { from, length } of this.#pieces) {
      if (from !== null) standing += Math.max(0, Math.min(from + length, index + remove) - Math.max(from, index));
    }
    return standing;
  }

  /** The place in the text now that follows the known letters before `position` that still stand. */
  #place(position: number): number {
    let at = 0;
    let place = 0;
    for (const { from, length } of this.#pieces) {
      if (from !== null && from < position) place = at + Math.min(length, position - from);
      at += length;
    }
    return place;
  }

  #cut(at: number, count: number): void {
    const [before, rest] = split(this.#pieces, at);
    this.#pieces = [...before, ...split(rest, count)[1]];
  }

  #put(at: number, count: number): number {
    const [before, after] = split(this.#pieces, at);
    this.#pieces = [...before, { from: null, length: count }, ...after];
    return count;
  }
}

function split(pieces: readonly Piece[], at: number): [Piece[], Piece[]] {
  const before: Piece[] = [];
  const after: Piece[] = [];
  let passed = 0;
  for (const piece of pieces) {
    const left = Math.min(Math.max(at - passed, 0), piece.length);
    if (left > 0) before.push({ from: piece.from, length: left });
    if (left < piece.length) after.push({ from: piece.from === null ? null : piece.from + left, length: piece.length - left });
    passed += piece.length;
  }
  return [before, after];
}
