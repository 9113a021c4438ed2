import type { PlanChannel, PlanResume, Presence, ServerMessage } from "../protocol.gen.ts";
import type { Readable } from "../readable.ts";
import type { PlanDocument } from "./cards.ts";
import type { FieldId } from "./outline.ts";

/** "saved" is said only when the server acknowledged everything written as durable. */
export type SaveWord = "saved" | "saving" | "offline";

export interface PlanState {
  /** The whole document's word. */
  readonly word: SaveWord;
  /** Fields with text not yet saved. A field not listed is saved. */
  readonly unsaved_fields: ReadonlySet<FieldId>;
  /** Unsaved for more than 5 s. */
  readonly slow: boolean;
  /** The document was received whole at least once. */
  readonly synced: boolean;
  readonly may_write: boolean;
  /** Why the server last refused a change; the document was fetched anew. */
  readonly refused: { readonly code: string; readonly text: string } | null;
}

/** Text of this person that the server did not take: shown so that they can paste it again. */
export interface UnsavedText {
  readonly field: FieldId;
  readonly text: string;
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

export interface PlanProviderOptions {
  /** Sends a binary frame; false when the socket is down. */
  send: (frame: Uint8Array<ArrayBuffer>) => boolean;
  participant_id: string;
  now?: () => number;
}

/** One plan document over the meeting's socket. `document` changes to a new object when its history is another. */
export declare class PlanProvider {
  constructor(options: PlanProviderOptions);
  /** Null until the first welcome that names the channel. Bind screens inside `{#key $document}`. */
  readonly document: Readable<PlanDocument | null>;
  readonly state: Readable<PlanState>;
  readonly unsaved: Readable<readonly UnsavedText[]>;
  readonly cursors: Readable<readonly RemoteCursor[]>;
  /** Where this person's caret is; null: nowhere. Told at most ten times a second. */
  setCursor(cursor: { field: FieldId; index: number; head: number } | null): void;
  /** The person has dealt with their unsaved text. */
  clearUnsaved(): void;
  /** For `hello`. */
  resume(): PlanResume[];
  welcomed(channels: readonly PlanChannel[], presence: readonly Presence[]): void;
  got(message: ServerMessage): void;
  gotFrame(frame: Uint8Array): void;
  lost(): void;
  destroy(): void;
}
