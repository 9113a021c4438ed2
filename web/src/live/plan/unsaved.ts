import * as Y from "yjs";

import type { PlanDocument } from "./cards.ts";
import type { FieldId } from "./outline.ts";

/** Text of this person that the server did not take: shown so that they can paste it again. */
export interface UnsavedText {
  readonly field: FieldId;
  readonly text: string;
}

interface Entry {
  /** The own clock this update reached. */
  readonly clock: number;
  readonly update: Uint8Array;
  readonly fields: ReadonlySet<FieldId>;
  /** When the oldest change in it was made, Date.now() scale. */
  readonly at: number;
}

/**
 * What this person wrote and the server has not called durable, oldest first. The server answers every update once, in
 * order; so answers belong to the front, after those to updates that were sent again since (`stale`). An update keeps
 * its bytes until it is answered.
 */
export class Ledger {
  #entries: Entry[] = [];
  /** How many entries from the front are on their way; the rest waits. */
  #in_flight = 0;
  #stale = 0;
  /** Everything of this client below this clock is on disk. */
  saved_clock = 0;

  get is_empty(): boolean {
    return this.#entries.length === 0;
  }

  get has_waiting(): boolean {
    return this.#entries.length > this.#in_flight;
  }

  /** Answers still to come that mean nothing any more. */
  get stale(): number {
    return this.#stale;
  }

  /** When the oldest unsaved change was made; null when all is saved. */
  get oldest_at(): number | null {
    return this.#entries[0]?.at ?? null;
  }

  get fields(): ReadonlySet<FieldId> {
    return new Set(this.#entries.flatMap((entry) => [...entry.fields]));
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
  }

  /** What waits, as few updates as fit under `limit` bytes each; on its way from now on. */
  take(limit: number): Uint8Array[] {
    const batches = inBatches(this.#entries.slice(this.#in_flight), limit).map(merged);
    this.#entries.splice(this.#in_flight, Infinity, ...batches);
    this.#in_flight = this.#entries.length;
    return batches.map((entry) => entry.update);
  }

  /** Everything, without what the server says it holds; what is on its way already is sent again. */
  takeAll(state: Uint8Array, limit: number): Uint8Array[] {
    this.recall();
    return this.take(limit).map((update) => Y.diffUpdate(update, state));
  }

  /** The server saved the oldest update on its way. A clock below that update's own is no answer to it. */
  saved(clock: number): void {
    if (this.#isStale()) return;
    const oldest = this.#entries[0];
    if (!oldest || this.#in_flight === 0 || clock < oldest.clock) return;
    this.#entries.shift();
    this.#in_flight -= 1;
    this.saved_clock = Math.max(this.saved_clock, clock);
  }

  /** The server refused the oldest update on its way; false: that was an answer from before. */
  refused(): boolean {
    if (this.#isStale() || this.#in_flight === 0) return false;
    this.recall();
    this.#stale -= 1;
    return true;
  }

  /** Nothing counts as on its way any more; what still comes back is stale. */
  recall(): void {
    this.#stale += this.#in_flight;
    this.#in_flight = 0;
  }

  /** The socket went, and every answer with it. */
  lost(): void {
    this.#in_flight = this.#stale = 0;
  }

  #isStale(): boolean {
    if (this.#stale === 0) return false;
    this.#stale -= 1;
    return true;
  }
}

function inBatches(entries: readonly Entry[], limit: number): Entry[][] {
  const batches: Entry[][] = [];
  let size = Infinity;
  for (const entry of entries) {
    if (size + entry.update.length > limit) {
      batches.push([]);
      size = 0;
    }
    batches.at(-1)?.push(entry);
    size += entry.update.length;
  }
  return batches;
}

function merged(batch: readonly Entry[]): Entry {
  const [first, last] = [batch[0], batch.at(-1)] as [Entry, Entry];
  if (batch.length === 1) return first;
  return {
    clock: last.clock,
    update: Y.mergeUpdates(batch.map((entry) => entry.update)),
    fields: new Set(batch.flatMap((entry) => [...entry.fields])),
    at: first.at,
  };
}

/** The letters this client wrote at or after a clock and that still stand, per field. */
export function lettersSince(plan: PlanDocument, fields: Iterable<FieldId>, client_id: number, clock: number): UnsavedText[] {
  const unsaved: UnsavedText[] = [];
  for (const field of fields) {
    const text = field.split("/").length === 2 ? null : plan.text(field);
    const letters = text ? own(text, client_id, clock) : "";
    if (letters.trim()) unsaved.push({ field, text: letters });
  }
  return unsaved;
}

function own(text: Y.Text, client_id: number, clock: number): string {
  let letters = "";
  for (let item = text._start; item; item = item.right) {
    if (item.deleted || item.id.client !== client_id || item.id.clock + item.length <= clock) continue;
    if (item.content instanceof Y.ContentString) letters += item.content.str.slice(Math.max(0, clock - item.id.clock));
  }
  return letters;
}

/** The fields a change touched: texts by field id, values and cards by their path. */
export function touched(plan: PlanDocument, transaction: Y.Transaction): Set<FieldId> {
  const fields = new Set<FieldId>();
  for (const [type, keys] of transaction.changed) {
    const path = plan.fieldOf(type as Y.AbstractType<unknown>);
    if (path === null) continue;
    for (const key of keys) fields.add(key === null ? path : `${path}/${key}`);
  }
  return fields;
}
