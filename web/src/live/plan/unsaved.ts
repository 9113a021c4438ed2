import * as Y from "yjs";

import type { PlanDocument } from "./cards.ts";
import type { FieldId } from "./outline.ts";

/** Text of this person that the server did not take: shown so that they can paste it again. */
export interface UnsavedText {
  readonly field: FieldId;
  readonly text: string;
}

interface Sent {
  /** The own clock this update reached. */
  readonly clock: number;
  readonly update: Uint8Array;
  readonly fields: ReadonlySet<FieldId>;
  readonly at: number;
}

/**
 * What this person wrote and the server has not called durable. The server answers every update once, in order, so
 * answers are matched from the front; updates keep their bytes for a resend until then.
 */
export class Ledger {
  #entries: Sent[] = [];
  /** How many entries from the front are on their way; the rest waits for a connection. */
  #in_flight = 0;
  /** Everything of this client below this clock is on disk. */
  saved_clock = 0;

  get is_empty(): boolean {
    return this.#entries.length === 0;
  }

  get in_flight(): number {
    return this.#in_flight;
  }

  /** When the oldest unsaved change was made; null when all is saved. */
  get oldest_at(): number | null {
    return this.#entries[0]?.at ?? null;
  }

  get fields(): ReadonlySet<FieldId> {
    return new Set(this.#entries.flatMap((entry) => [...entry.fields]));
  }

  add(entry: Sent, sent: boolean): void {
    this.#entries.push(entry);
    if (sent) this.#in_flight = this.#entries.length;
  }

  /** The server answered the oldest update on its way. A clock below that update's own is no answer to it. */
  saved(clock: number): void {
    const oldest = this.#entries[0];
    if (!oldest || this.#in_flight === 0 || clock < oldest.clock) return;
    this.#entries.shift();
    this.#in_flight -= 1;
    this.saved_clock = Math.max(this.saved_clock, clock);
  }

  /** The socket went: nothing is on its way any more. */
  lost(): void {
    this.#in_flight = 0;
  }

  /**
   * What to send after the server told what it holds: as few updates as fit under `limit` bytes each, all on their
   * way from now on. An update the server may already have is sent again; it answers that too.
   */
  resend(state: Uint8Array, limit: number): Uint8Array[] {
    const batches: Sent[][] = [];
    let size = Infinity;
    for (const entry of this.#entries) {
      if (size + entry.update.length > limit) {
        batches.push([]);
        size = 0;
      }
      batches.at(-1)?.push(entry);
      size += entry.update.length;
    }
    this.#entries = batches.map(merged);
    this.#in_flight = this.#entries.length;
    return this.#entries.map((entry) => Y.diffUpdate(entry.update, state));
  }

  clear(): void {
    this.#entries = [];
    this.#in_flight = 0;
  }
}

function merged(batch: readonly Sent[]): Sent {
  const [first, last] = [batch[0], batch.at(-1)] as [Sent, Sent];
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
