import type * as Y from "yjs";

/** A native text field: `<textarea>` or `<input type=text>`. */
export type TextField = HTMLTextAreaElement | HTMLInputElement;

export interface BindingOptions {
  undo?: Y.UndoManager;
  /** The caret or selection moved (characters), or the field lost focus (null). */
  onCursor?: (cursor: { index: number; head: number } | null) => void;
}

/**
 * Binds a field to a Y.Text until the returned function is called. Composition-safe; the caret stays with its text.
 * Use as a Svelte attachment: `{@attach (field) => bindText(field, text, {...})}`.
 */
export declare function bindText(field: TextField, text: Y.Text, options?: BindingOptions): () => void;
