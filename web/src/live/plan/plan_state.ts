import type { FieldId } from "./outline.ts";

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
  /** Changes closer together than this travel as one update. */
  pace_ms?: number;
}

/** A field's own word. */
export function fieldWord(state: PlanState, field: FieldId): SaveWord {
  if (!state.unsaved_fields.has(field)) return "saved";
  return state.word === "offline" ? "offline" : "saving";
}

export const SLOW_MS = 5_000;

/** Asks, when a page with unsaved text goes. */
export class LeaveGuard {
  #is_on = false;

  set(on: boolean): void {
    if (on === this.#is_on || typeof window === "undefined") return;
    this.#is_on = on;
    window[on ? "addEventListener" : "removeEventListener"]("beforeunload", ask);
  }
}

function ask(event: Event): void {
  event.preventDefault();
}
