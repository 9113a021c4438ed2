import * as Y from "yjs";

import type { PlanChannel, PlanResume, Presence, ServerMessage } from "../protocol.gen.ts";
import { type Readable, Value } from "../readable.ts";
import { PlanDocument } from "./cards.ts";
import { Cursors, type OwnCursor, type RemoteCursor } from "./cursors.ts";
import { channelOf, frame, parseFrame, type PlanMessage } from "./frames.ts";
import type { FieldId } from "./outline.ts";
import { Ledger, lettersSince, type UnsavedText } from "./unsaved.ts";

export type { RemoteCursor, UnsavedText };

/** "saved" is said only when the server acknowledged everything written as durable; "offline": no connection now. */
export type SaveWord = "saved" | "saving" | "offline";

export interface PlanState {
  /** The whole document's word. */
  readonly word: SaveWord;
  /** Fields with changes not yet saved. A field not listed is saved. */
  readonly unsaved_fields: ReadonlySet<FieldId>;
  /** Unsaved for more than 5 s. */
  readonly slow: boolean;
  /** The document was received whole at least once. */
  readonly synced: boolean;
  readonly may_write: boolean;
  /** Why the server last refused a change; the document was fetched anew. */
  readonly refused: { readonly code: string; readonly text: string } | null;
}

export interface PlanProviderOptions {
  /** Sends a binary frame; false when the socket is down. */
  send: (frame: Uint8Array<ArrayBuffer>) => boolean;
  /** Asks for a new connection, because this document must be fetched anew and the server was asked too often. */
  rejoin?: () => void;
  participant_id: string;
}

/** A field's own word. */
export function fieldWord(state: PlanState, field: FieldId): SaveWord {
  if (!state.unsaved_fields.has(field)) return "saved";
  return state.word === "offline" ? "offline" : "saving";
}

const SLOW_MS = 5_000;
const BATCH_BYTES = 48 * 1024;
const RESYNC_WINDOW_MS = 60_000;
const MAX_RESYNCS = 2;
const REMOTE = Symbol("remote");
const EMPTY_STATE = new Uint8Array([0]);

/** One copy of the document, from its first frame to its replacement by another. */
interface Copy {
  readonly channel: PlanChannel;
  readonly plan: PlanDocument;
  readonly ledger: Ledger;
  readonly cursors: Cursors;
  /** Log number through which this copy is whole; null while it is being fetched. */
  seq: number | null;
  /** Set while the copy is fetched over a running connection: the log number it will reach at least. */
  readonly at_least: number | null;
}

/**
 * One plan document over the meeting's socket. Changes go out as soon as the server said what it holds; what it has not
 * acknowledged goes out again after a loss. A copy whose change was refused, or whose history is another, is put away:
 * its unsaved text is shown and a new copy is fetched.
 */
export class PlanProvider {
  readonly #document = new Value<PlanDocument | null>(null);
  readonly #state: Value<PlanState>;
  readonly #unsaved = new Value<readonly UnsavedText[]>([]);
  readonly #cursors = new Value<readonly RemoteCursor[]>([]);
  /** Null until the first copy is whole. Bind screens inside `{#key $document}`. */
  readonly document: Readable<PlanDocument | null> = this.#document;
  readonly state: Readable<PlanState>;
  readonly unsaved: Readable<readonly UnsavedText[]> = this.#unsaved;
  readonly cursors: Readable<readonly RemoteCursor[]> = this.#cursors;

  readonly #options: PlanProviderOptions;
  #copy: Copy | null = null;
  /** The server's step 1 was answered on this connection: changes may flow. */
  #flowing = false;
  /** A refused copy waits here until the server answered everything that was on its way. */
  #draining = 0;
  #frozen = false;
  #refused: PlanState["refused"] = null;
  #participants = new Map<number, string>();
  #resyncs: number[] = [];
  #slow: ReturnType<typeof setTimeout> | undefined;
  #guarded = false;

  constructor(options: PlanProviderOptions) {
    this.#options = options;
    this.#state = new Value(this.#stateNow());
    this.state = this.#state;
  }

  /** Where this person's caret is; null: nowhere. Told at most ten times a second. */
  setCursor(cursor: OwnCursor | null): void {
    if (this.#copy?.seq != null) this.#copy.cursors.set(cursor);
  }

  /** The person has dealt with their unsaved text. */
  clearUnsaved(): void {
    this.#unsaved.set([]);
    this.#refused = null;
    this.#tell();
  }

  /** The plan was frozen or thawed: nothing can be written while it is. */
  freeze(frozen: boolean): void {
    this.#frozen = frozen;
    this.#tell();
  }

  /** What is still held, for `hello`. */
  resume(): PlanResume[] {
    const copy = this.#copy;
    if (copy?.seq == null || this.#draining > 0) return [];
    const { audience, epoch, client_id } = copy.channel;
    return [{ audience, epoch, seq: copy.seq, client_id }];
  }

  /** The server named the documents of this session. */
  welcomed(channels: readonly PlanChannel[], presence: readonly Presence[]): void {
    this.present(presence);
    const channel = channels.find((one) => one.audience === "everyone") ?? channels[0];
    if (!channel) return;
    this.#flowing = false;
    this.#draining = 0;
    this.#copy?.ledger.lost();
    const held = this.#copy;
    if (held?.seq != null && channel.resumed && isSame(held.channel, channel)) this.#copy = { ...held, channel };
    else this.#replace(channel, null);
    this.#tell();
  }

  /** Who is here, with their client ids. */
  present(presence: Iterable<Presence>): void {
    this.#participants = new Map();
    for (const one of presence) for (const id of one.plan_client_ids) this.#participants.set(id, one.participant_id);
    this.#showCursors();
  }

  got(message: ServerMessage): void {
    const copy = this.#copy;
    if (!copy || !("channel" in message) || message.channel !== copy.channel.channel) return;
    if (message.type === "plan.seq") return this.#whole(copy, message.seq);
    if (this.#draining > 0) return this.#drained();
    if (message.type === "plan.saved" && message.client_id === copy.channel.client_id) {
      copy.ledger.saved(message.clock);
      if (copy.seq !== null && copy.ledger.is_empty) this.#refused = null;
    } else if (message.type === "plan.refused") {
      this.#refuse(copy, message.code, message.text);
    }
    this.#tell();
  }

  gotFrame(bytes: Uint8Array): void {
    const copy = this.#copy;
    if (!copy || channelOf(bytes) !== copy.channel.channel) return;
    const message = parseFrame(bytes);
    if (message?.kind === "step_1") this.#answer(copy, message.state);
    else if (message?.kind === "awareness") copy.cursors.got(message.update);
    else if (message) this.#apply(copy, message);
    this.#showCursors();
  }

  /** The socket went. */
  lost(): void {
    this.#flowing = false;
    this.#draining = 0;
    this.#copy?.ledger.lost();
    this.#copy?.cursors.forget();
    this.#showCursors();
    this.#tell();
  }

  destroy(): void {
    clearTimeout(this.#slow);
    this.#guard(false);
    this.#putAway();
    this.#document.set(null);
  }

  #replace(channel: PlanChannel, at_least: number | null): void {
    this.#putAway();
    const doc = new Y.Doc({ gc: false }); // the server takes no collected structs
    const plan = new PlanDocument(doc, this.#options.participant_id);
    const send = (update: Uint8Array<ArrayBuffer>): void => this.#sendIfFlowing({ kind: "awareness", update });
    const copy: Copy = { channel, plan, ledger: new Ledger(), cursors: new Cursors(plan, send), seq: null, at_least };
    doc.on("update", (update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
      if (transaction.local) this.#wrote(update, transaction);
    });
    this.#copy = copy;
    this.#document.set(null);
  }

  /** Keeps the text that was not saved and lets go of the copy. */
  #putAway(): void {
    const copy = this.#copy;
    if (!copy) return;
    const { plan, ledger, channel } = copy;
    const letters = lettersSince(plan, ledger.fields, channel.client_id, ledger.saved_clock);
    if (letters.length > 0) this.#unsaved.set([...this.#unsaved.value, ...letters]);
    copy.cursors.destroy();
    plan.undo.destroy();
    this.#copy = null;
  }

  #wrote(update: Uint8Array, transaction: Y.Transaction): void {
    const copy = this.#copy;
    if (!copy || transaction.doc !== copy.plan.doc) return;
    const clock = Y.getState(copy.plan.doc.store, copy.plan.doc.clientID);
    const fields = touched(copy.plan, transaction);
    const sent = this.#flowing && this.#draining === 0 && this.#send({ kind: "update", update });
    copy.ledger.add({ clock, update, fields, at: Date.now() }, sent);
    this.#tell();
  }

  /** The server said what it holds: send what it has not, then let changes flow. */
  #answer(copy: Copy, state: Uint8Array): void {
    const updates = copy.ledger.resend(state, BATCH_BYTES);
    updates.forEach((update, index) => this.#send({ kind: index === 0 ? "step_2" : "update", update }));
    this.#flowing = true;
    copy.cursors.renew();
    this.#tell();
  }

  #apply(copy: Copy, message: { kind: "step_2" | "update"; update: Uint8Array }): void {
    Y.applyUpdate(copy.plan.doc, message.update, REMOTE);
    const was_asked = message.kind === "step_2" && copy.at_least !== null && this.#draining === 0;
    if (was_asked && copy.seq === null) this.#whole(copy, copy.at_least ?? 0);
  }

  /** The copy is whole through `seq`: from the first time on it may be written with the issued client id. */
  #whole(copy: Copy, seq: number): void {
    const first = copy.seq === null;
    copy.seq = seq;
    if (copy.plan.doc.store.pendingStructs) return this.#ask(copy);
    if (first) {
      copy.plan.doc.clientID = copy.channel.client_id;
      copy.ledger.saved_clock = Y.getState(copy.plan.doc.store, copy.channel.client_id);
      this.#document.set(copy.plan);
    }
    this.#tell();
  }

  #refuse(copy: Copy, code: string, text: string): void {
    this.#refused = { code, text };
    const still_on_their_way = copy.ledger.in_flight - 1;
    this.#replace(copy.channel, copy.seq ?? 0);
    this.#draining = Math.max(0, still_on_their_way);
    if (this.#draining === 0) this.#fetch();
  }

  #drained(): void {
    this.#draining -= 1;
    if (this.#draining === 0) this.#fetch();
    this.#tell();
  }

  /** Fetch the new copy over the same socket: step 1 of nothing. */
  #fetch(): void {
    if (this.#copy) this.#ask(this.#copy);
  }

  #ask(copy: Copy): void {
    const now = Date.now();
    this.#resyncs = this.#resyncs.filter((at) => now - at < RESYNC_WINDOW_MS);
    if (this.#resyncs.length >= MAX_RESYNCS && this.#options.rejoin) return this.#options.rejoin();
    this.#resyncs.push(now);
    const state = copy.plan.doc.store.clients.size === 0 ? EMPTY_STATE : Y.encodeStateVector(copy.plan.doc);
    this.#send({ kind: "step_1", state });
  }

  #send(message: PlanMessage): boolean {
    return this.#copy !== null && this.#options.send(frame(this.#copy.channel.channel, message));
  }

  #sendIfFlowing(message: PlanMessage): void {
    if (this.#flowing) this.#send(message);
  }

  #showCursors(): void {
    const cursors = this.#copy?.seq == null ? [] : this.#copy.cursors.resolved(this.#participants);
    if (JSON.stringify(cursors) !== JSON.stringify(this.#cursors.value)) this.#cursors.set(cursors);
  }

  #stateNow(): PlanState {
    const copy = this.#copy;
    const is_empty = copy?.ledger.is_empty ?? true;
    const oldest_at = copy?.ledger.oldest_at ?? null;
    return {
      word: !this.#flowing ? "offline" : is_empty ? "saved" : "saving",
      unsaved_fields: copy?.ledger.fields ?? new Set(),
      slow: oldest_at !== null && Date.now() - oldest_at >= SLOW_MS,
      synced: this.#document.value !== null,
      may_write: (copy?.channel.may_write ?? false) && copy?.seq !== null && !this.#frozen,
      refused: this.#refused,
    };
  }

  #tell(): void {
    this.#state.set(this.#stateNow());
    const oldest_at = this.#copy?.ledger.oldest_at ?? null;
    clearTimeout(this.#slow);
    if (oldest_at !== null && !this.#state.value.slow) {
      this.#slow = setTimeout(() => this.#tell(), oldest_at + SLOW_MS - Date.now());
    }
    this.#guard(oldest_at !== null);
  }

  /** The browser asks before a page with unsaved text goes. */
  #guard(on: boolean): void {
    if (on === this.#guarded || typeof window === "undefined") return;
    this.#guarded = on;
    window[on ? "addEventListener" : "removeEventListener"]("beforeunload", ask);
  }
}

function ask(event: Event): void {
  event.preventDefault();
}

function isSame(held: PlanChannel, named: PlanChannel): boolean {
  return held.audience === named.audience && held.epoch === named.epoch && held.client_id === named.client_id;
}

/** The fields a change touched: texts by field id, values and cards by their path. */
function touched(plan: PlanDocument, transaction: Y.Transaction): Set<FieldId> {
  const fields = new Set<FieldId>();
  for (const [type, keys] of transaction.changed) {
    const path = plan.fieldOf(type as Y.AbstractType<unknown>);
    if (path === null) continue;
    for (const key of keys) fields.add(key === null ? path : `${path}/${key}`);
  }
  return fields;
}
