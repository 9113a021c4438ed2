import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as Y from "yjs";

import type { PlanDocument } from "./cards.ts";
import type { FieldId } from "./outline.ts";

/** What awareness carries: a field and two relative positions in base64. Names and colours come from the roster. */
interface CursorState {
  field: FieldId;
  anchor: string | null;
  head: string | null;
}

/** Someone else's cursor, in characters of the field's text as it is now. */
export interface RemoteCursor {
  readonly participant_id: string;
  readonly client_id: number;
  readonly field: FieldId;
  readonly index: number;
  /** The other end of a selection; equal to `index` for a caret. */
  readonly head: number;
}

export interface OwnCursor {
  readonly field: FieldId;
  readonly index: number;
  readonly head: number;
}

const EVERY_MS = 100;
const RENEW_MS = 15_000;

/** The cursors of one document, in the awareness encoding of y-protocols: clock per client, latest wins, null is gone. */
export class Cursors {
  readonly #others = new Map<number, { clock: number; state: CursorState | null }>();
  readonly #send: (update: Uint8Array<ArrayBuffer>) => void;
  /** Grows with every word said of the own cursor; a new copy of the document goes on from it. */
  clock: number;
  #own: CursorState | null = null;
  #sent_at = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #renewal: ReturnType<typeof setInterval> | undefined;

  constructor(
    readonly plan: PlanDocument,
    send: (update: Uint8Array<ArrayBuffer>) => void,
    clock = 0,
  ) {
    this.#send = send;
    this.clock = clock;
  }

  /** Where this person is now; told at once, or within 100 ms of the last time. */
  set(cursor: OwnCursor | null): void {
    const state = cursor && this.#state(cursor);
    if (JSON.stringify(state) === JSON.stringify(this.#own)) return;
    this.#own = state;
    clearInterval(this.#renewal);
    if (state) this.#renewal = setInterval(() => this.#tell(), RENEW_MS);
    this.#soon();
  }

  /** Tell the own cursor again, as after a reconnect. */
  renew(): void {
    if (this.#own) this.#tell();
  }

  /** Takes an awareness update of the others. */
  got(update: Uint8Array): void {
    const reader = decoding.createDecoder(update);
    for (let left = decoding.readVarUint(reader); left > 0; left -= 1) {
      const client_id = decoding.readVarUint(reader);
      const clock = decoding.readVarUint(reader);
      const state = cursorState(decoding.readVarString(reader));
      const held = this.#others.get(client_id);
      if (client_id === this.plan.doc.clientID || (held && held.clock > clock)) continue;
      if (held && held.clock === clock && state !== null) continue;
      this.#others.set(client_id, { clock, state });
    }
  }

  /** Nobody is known to be anywhere, as when the socket is lost. */
  forget(): void {
    this.#others.clear();
  }

  /** The others' cursors whose field and owner are known. */
  resolved(participants: ReadonlyMap<number, string>): RemoteCursor[] {
    const cursors: RemoteCursor[] = [];
    for (const [client_id, { state }] of this.#others) {
      const participant_id = participants.get(client_id);
      const index = state && this.#index(state.field, state.anchor);
      if (!state || participant_id === undefined || index === null) continue;
      cursors.push({ participant_id, client_id, field: state.field, index, head: this.#index(state.field, state.head) ?? index });
    }
    return cursors;
  }

  destroy(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#renewal);
  }

  #soon(): void {
    if (this.#timer !== undefined) return;
    const wait = this.#sent_at + EVERY_MS - Date.now();
    if (wait <= 0) return this.#tell();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#tell();
    }, wait);
  }

  #tell(): void {
    this.#sent_at = Date.now();
    this.clock += 1;
    const writer = encoding.createEncoder();
    encoding.writeVarUint(writer, 1);
    encoding.writeVarUint(writer, this.plan.doc.clientID);
    encoding.writeVarUint(writer, this.clock);
    encoding.writeVarString(writer, JSON.stringify(this.#own));
    this.#send(encoding.toUint8Array(writer));
  }

  #state(cursor: OwnCursor): CursorState | null {
    const text = this.plan.text(cursor.field);
    if (!text) return null;
    const anchor = position(text, cursor.index);
    return { field: cursor.field, anchor, head: cursor.head === cursor.index ? anchor : position(text, cursor.head) };
  }

  #index(field: FieldId, anchor: string | null): number | null {
    const text = this.plan.text(field);
    if (!text || anchor === null) return null;
    try {
      const relative = Y.decodeRelativePosition(bytes(anchor));
      const absolute = Y.createAbsolutePositionFromRelativePosition(relative, this.plan.doc);
      return absolute?.type === text ? absolute.index : null;
    } catch {
      return null; // another version's encoding: no cursor is shown
    }
  }
}

function position(text: Y.Text, index: number): string {
  const relative = Y.createRelativePositionFromTypeIndex(text, Math.min(index, text.length), -1);
  return btoa(String.fromCharCode(...Y.encodeRelativePosition(relative)));
}

function bytes(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

function cursorState(json: string): CursorState | null {
  const state: unknown = JSON.parse(json);
  if (typeof state !== "object" || state === null || !("field" in state)) return null;
  return state as CursorState;
}
