import type * as Y from "yjs";

import { excess } from "../letters.ts";
import { LOCAL } from "./cards.ts";
import { type Change, difference, Drift } from "./difference.ts";

/** A native text field: `<textarea>` or `<input type=text>`. */
export type TextField = HTMLTextAreaElement | HTMLInputElement;

export interface BindingOptions {
  undo?: Y.UndoManager;
  /** The longest text a person may make of it, in letters. What is longer stays in the field and out of the text. */
  most?: number;
  /** How many letters the field has over that, whenever it changes. */
  onExcess?: (letters: number) => void;
  /** The caret or selection moved (characters), or the field lost focus (null). */
  onCursor?: (cursor: { index: number; head: number } | null) => void;
}

/**
 * Binds a field to a Y.Text until the returned function is called. Composition-safe; the caret stays with its text.
 * Use as a Svelte attachment: `{@attach (field) => bindText(field, text, {...})}`.
 */
export function bindText(field: TextField, text: Y.Text, options: BindingOptions = {}): () => void {
  const binding = new Binding(field, text, options);
  return () => binding.end();
}

class Binding {
  readonly #field: TextField;
  readonly #text: Y.Text;
  readonly #options: BindingOptions;
  /** What the field showed when it and the text were last the same. */
  #known: string;
  /** What others changed since. */
  #drift: Drift | null = null;
  #is_composing = false;
  /** Letters over the longest: while there are any, the field is ahead of the text and nothing of it is written. */
  #over = 0;
  readonly #own = new WeakSet<Y.Transaction>();
  readonly #ends: (() => void)[] = [];

  constructor(field: TextField, text: Y.Text, options: BindingOptions) {
    this.#field = field;
    this.#text = text;
    this.#options = options;
    this.#known = this.#shown();
    field.value = this.#known;
    text.observe(this.#changed);
    this.#listen();
  }

  end(): void {
    if (this.#over === 0) this.#flush();
    this.#text.unobserve(this.#changed);
    for (const end of this.#ends) end();
  }

  #listen(): void {
    const on = (type: string, run: (event: Event) => void, target: EventTarget = this.#field): void => {
      target.addEventListener(type, run);
      this.#ends.push(() => target.removeEventListener(type, run));
    };
    on("compositionstart", () => (this.#is_composing = true));
    on("compositionend", () => this.#composed());
    on("input", () => {
      if (!this.#is_composing) this.#flush();
      this.#tellCursor();
    });
    on("beforeinput", (event) => this.#history(event as InputEvent));
    on("keydown", (event) => this.#shortcut(event as KeyboardEvent));
    on("blur", () => this.#left());
    for (const type of ["focus", "select", "keyup", "pointerup"]) on(type, () => this.#tellCursor());
  }

  #composed(): void {
    this.#is_composing = false;
    this.#flush();
    this.#tellCursor();
  }

  /** Some keyboards never end a composition when the field goes. */
  #left(): void {
    if (this.#is_composing) this.#composed();
    this.#options.undo?.stopCapturing();
    this.#options.onCursor?.(null);
  }

  /** Writes what the person changed in the field into the text, around what others changed meanwhile. */
  #flush(): void {
    if (this.#isTooLong()) return;
    const change = difference(this.#known, this.#field.value, this.#field.selectionEnd ?? this.#field.value.length);
    const drift = this.#drift;
    this.#drift = null;
    if (change) this.#write(drift ? drift.carry(change) : [change]);
    this.#known = this.#shown();
    if (drift && this.#field.value !== this.#known) this.#show(drift.caret(change, this.#caret()));
  }

  /** A field that grew past the longest. Making it shorter again is always written, even if it is long still. */
  #isTooLong(): boolean {
    const { most, onExcess } = this.#options;
    const now = this.#field.value;
    const over = most !== undefined && now.length > this.#known.length ? excess(now, most) : 0;
    if (over !== this.#over) onExcess?.(over);
    this.#over = over;
    return over > 0;
  }

  #write(changes: readonly Change[]): void {
    this.#text.doc?.transact((transaction) => {
      this.#own.add(transaction);
      for (const { index, remove, insert } of changes) {
        if (remove > 0) this.#text.delete(index, remove);
        if (insert) this.#text.insert(index, insert);
      }
    }, LOCAL);
  }

  readonly #changed = (event: Y.YTextEvent): void => {
    if (this.#own.has(event.transaction)) return;
    this.#drift ??= new Drift(this.#known.length);
    this.#drift.apply(event.delta);
    if (this.#is_composing) return;
    this.#flush();
    this.#tellCursor();
  };

  /** The text, letter for letter as long, without what such a field cannot hold. */
  #shown(): string {
    return this.#text.toString().replace(this.#field.tagName === "INPUT" ? /[\r\n]/g : /\r/g, " ");
  }

  #caret(): [number, number] {
    const end = this.#field.value.length;
    return [this.#field.selectionStart ?? end, this.#field.selectionEnd ?? end];
  }

  #show([start, end]: readonly [number, number]): void {
    const direction = this.#field.selectionDirection ?? "none";
    const scroll = this.#field.scrollTop;
    this.#field.value = this.#known;
    // A selection set in a field without focus would take the focus in some browsers.
    if (this.#field.ownerDocument.activeElement === this.#field) this.#field.setSelectionRange(start, end, direction);
    this.#field.scrollTop = scroll;
  }

  #tellCursor(): void {
    if (this.#is_composing || !this.#options.onCursor) return;
    if (this.#field.ownerDocument.activeElement !== this.#field) return;
    const [start, end] = this.#caret();
    const is_backward = this.#field.selectionDirection === "backward";
    this.#options.onCursor(is_backward ? { index: end, head: start } : { index: start, head: end });
  }

  #shortcut(event: KeyboardEvent): void {
    if (event.isComposing || event.altKey || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    const is_redo = key === "y" || (key === "z" && event.shiftKey);
    if (key === "z" || is_redo) this.#undo(event, is_redo);
  }

  #history(event: InputEvent): void {
    if (event.inputType === "historyUndo") this.#undo(event, false);
    if (event.inputType === "historyRedo") this.#undo(event, true);
  }

  #undo(event: Event, is_redo: boolean): void {
    const undo = this.#options.undo;
    if (!undo) return;
    event.preventDefault();
    if (this.#field.readOnly) return;
    if (is_redo) undo.redo();
    else undo.undo();
  }
}
