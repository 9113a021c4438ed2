import * as Y from "yjs";

import type { PlanChannel, PlanResume, Presence, ServerMessage } from "../protocol.gen.ts";
import { type Readable, Value } from "../readable.ts";
import { PlanDocument } from "./cards.ts";
import { Cursors, type OwnCursor, type RemoteCursor } from "./cursors.ts";
import { channelOf, frame, parseFrame, type PlanMessage } from "./frames.ts";
import { LeaveGuard, type PlanProviderOptions, type PlanState, type SaveWord, SLOW_MS } from "./plan_state.ts";
import { Ledger, lettersSince, touched, type UnsavedText } from "./unsaved.ts";

export { fieldWord } from "./plan_state.ts";
export type { PlanProviderOptions, PlanState, RemoteCursor, SaveWord, UnsavedText };

const PACE_MS = 50;
const BATCH_BYTES = 48 * 1024;
const RESYNC_WINDOW_MS = 60_000;
const MAX_RESYNCS = 2;
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 8_000;
/** After these the text is good: the server sends its step 1 again and everything unsaved is sent again. */
const TRY_AGAIN: ReadonlySet<string> = new Set(["plan.gap", "plan.missing", "plan.not_saved"]);
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
  /** It was asked for over a running connection, and no step 2 has come yet. */
  is_asked: boolean;
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
  #is_linked = false;
  /** The server's step 1 was answered on this connection: changes may flow. */
  #flowing = false;
  /** Answers to a refused copy that are still to come; the new copy is fetched after them. */
  #draining = 0;
  #is_permitted = true;
  #refused: PlanState["refused"] = null;
  #participants = new Map<number, string>();
  #resyncs: number[] = [];
  #sent_at = 0;
  #refusals = 0;
  #slow: ReturnType<typeof setTimeout> | undefined;
  #pace: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #guard = new LeaveGuard();

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

  /** Whether the plan may be written at all now, as the meeting stands: in session, not frozen, by this role. */
  permit(may_write: boolean): void {
    this.#is_permitted = may_write;
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
    this.#stop();
    this.#is_linked = true;
    const held = this.#copy;
    if (held?.seq != null && channel.resumed && isSame(held.channel, channel)) this.#copy = { ...held, channel };
    else this.#replace(channel, false);
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
    if (this.#draining > 0) this.#drain();
    else if (message.type === "plan.saved" && message.client_id === copy.channel.client_id) this.#saved(copy, message.clock);
    else if (message.type === "plan.refused" && copy.ledger.refused()) this.#refuse(copy, message.code, message.text);
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
    this.#stop();
    this.#is_linked = false;
    this.#copy?.cursors.forget();
    this.#showCursors();
    this.#tell();
  }

  destroy(): void {
    clearTimeout(this.#slow);
    this.#stop();
    this.#guard.set(false);
    this.#putAway();
    this.#document.set(null);
  }

  #replace(channel: PlanChannel, is_asked: boolean): void {
    const cursor_clock = this.#copy?.cursors.clock ?? 0;
    this.#putAway();
    const doc = new Y.Doc({ gc: false }); // the server takes no collected structs
    const plan = new PlanDocument(doc, this.#options.participant_id);
    const send = (update: Uint8Array<ArrayBuffer>): void => this.#sendIfFlowing({ kind: "awareness", update });
    const cursors = new Cursors(plan, send, cursor_clock);
    const copy: Copy = { channel, plan, ledger: new Ledger(), cursors, seq: null, is_asked };
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
    copy.ledger.add({ clock, update, fields, at: Date.now() });
    this.#flushSoon();
    this.#tell();
  }

  /** Sends what waits: at once, or a moment after the last time. */
  #flushSoon(): void {
    if (!this.#flowing || this.#pace !== undefined) return;
    const wait = this.#sent_at + (this.#options.pace_ms ?? PACE_MS) - Date.now();
    if (wait <= 0) return this.#flush();
    this.#pace = setTimeout(() => {
      this.#pace = undefined;
      this.#flush();
    }, wait);
  }

  #flush(): void {
    if (!this.#flowing || !this.#copy?.ledger.has_waiting) return;
    this.#sent_at = Date.now();
    for (const update of this.#copy.ledger.take(BATCH_BYTES)) this.#send({ kind: "update", update });
  }

  /** The server said what it holds: send what it has not, then let changes flow. After a refusal, a little later. */
  #answer(copy: Copy, state: Uint8Array): void {
    clearTimeout(this.#retry);
    if (this.#refusals > 0 && !copy.ledger.is_empty && !this.#flowing) {
      const wait = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.#refusals - 1));
      this.#retry = setTimeout(() => copy === this.#copy && this.#flow(copy, state), wait);
    } else {
      this.#flow(copy, state);
    }
  }

  #flow(copy: Copy, state: Uint8Array): void {
    const updates = copy.ledger.takeAll(state, BATCH_BYTES);
    updates.forEach((update, index) => this.#send({ kind: index === 0 ? "step_2" : "update", update }));
    this.#flowing = true;
    copy.cursors.renew();
    this.#tell();
  }

  #apply(copy: Copy, message: { kind: "step_2" | "update"; update: Uint8Array }): void {
    Y.applyUpdate(copy.plan.doc, message.update, REMOTE);
    if (message.kind === "step_2" && this.#draining === 0) copy.is_asked = false;
  }

  #saved(copy: Copy, clock: number): void {
    copy.ledger.saved(clock);
    this.#refusals = 0;
    if (copy.ledger.is_empty && this.#unsaved.value.length === 0) this.#refused = null;
  }

  /** Nothing flows until the next step 1. */
  #stop(): void {
    for (const timer of [this.#pace, this.#retry]) clearTimeout(timer);
    this.#pace = undefined;
    this.#flowing = false;
    this.#draining = this.#refusals = 0;
    this.#copy?.ledger.lost();
  }

  /** The copy is whole through `seq`: from the first time on it may be written with the issued client id. */
  #whole(copy: Copy, seq: number): void {
    if (copy.is_asked) return; // told of others' changes; its own frames are still to come
    if (copy.plan.doc.store.pendingStructs) return this.#ask(copy);
    const first = copy.seq === null;
    copy.seq = seq;
    if (first) {
      copy.plan.doc.clientID = copy.channel.client_id;
      copy.ledger.saved_clock = Y.getState(copy.plan.doc.store, copy.channel.client_id);
      this.#document.set(copy.plan);
    }
    this.#tell();
  }

  #refuse(copy: Copy, code: string, text: string): void {
    this.#refused = { code, text };
    if (TRY_AGAIN.has(code)) {
      this.#refusals += 1;
      this.#flowing = false;
      return;
    }
    this.#draining = copy.ledger.stale;
    this.#replace(copy.channel, true);
    if (this.#draining === 0) this.#fetch();
  }

  #drain(): void {
    this.#draining -= 1;
    if (this.#draining === 0) this.#fetch();
  }

  /** Fetch the new copy over the same socket. */
  #fetch(): void {
    if (this.#copy) this.#ask(this.#copy);
  }

  #ask(copy: Copy): void {
    const now = Date.now();
    this.#resyncs = this.#resyncs.filter((at) => now - at < RESYNC_WINDOW_MS);
    if (this.#resyncs.length >= MAX_RESYNCS && this.#options.rejoin) return this.#options.rejoin();
    this.#resyncs.push(now);
    copy.is_asked = true;
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
      word: !this.#is_linked ? "offline" : is_empty ? "saved" : "saving",
      unsaved_fields: copy?.ledger.fields ?? new Set(),
      slow: oldest_at !== null && Date.now() - oldest_at >= SLOW_MS,
      synced: this.#document.value !== null,
      may_write: this.#is_permitted && copy?.seq != null,
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
    this.#guard.set(oldest_at !== null);
  }
}

function isSame(held: PlanChannel, named: PlanChannel): boolean {
  return held.audience === named.audience && held.epoch === named.epoch && held.client_id === named.client_id;
}
