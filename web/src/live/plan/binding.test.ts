// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import * as Y from "yjs";

import { pick, seeded } from "../../testing/random.ts";
import { bindText } from "./binding.ts";
import { LOCAL } from "./cards.ts";

const REMOTE = Symbol("remote");

function bound(initial = "", kind: "textarea" | "input" = "textarea", most?: number) {
  const doc = new Y.Doc();
  const text = doc.getText("text:decision_question");
  text.insert(0, initial);
  const field = document.createElement(kind);
  document.body.append(field);
  field.focus();
  const undo = new Y.UndoManager([text], { trackedOrigins: new Set([LOCAL]), captureTimeout: 0 });
  const cursors: ({ index: number; head: number } | null)[] = [];
  const excess: number[] = [];
  const end = bindText(field, text, { undo, most, onCursor: (cursor) => cursors.push(cursor), onExcess: (n) => excess.push(n) });
  const remote = (change: () => void): void => doc.transact(change, REMOTE);
  return { doc, text, field, undo, cursors, excess, end, remote };
}

type Field = ReturnType<typeof bound>["field"];

/** What a keyboard does: replaces the selection and says so. */
function type(field: Field, from: number, to: number, letters: string): void {
  field.value = field.value.slice(0, from) + letters + field.value.slice(to);
  field.setSelectionRange(from + letters.length, from + letters.length);
  field.dispatchEvent(new Event("input"));
}

function compose(field: Field, phase: "start" | "end"): void {
  field.dispatchEvent(new Event(`composition${phase}`));
}

afterEach(() => document.body.replaceChildren());

test("typing goes into the text, and the others' words into the field", () => {
  const { text, field, remote } = bound("Lee stays with Ruth");
  type(field, 19, 19, " until spring");
  expect(text.toString()).toBe("Lee stays with Ruth until spring");
  remote(() => text.insert(0, "Safety plan: "));
  expect(field.value).toBe("Safety plan: Lee stays with Ruth until spring");
});

test("the caret stays with its letters when others write before, at and after it", () => {
  const { text, field, remote } = bound("abcdef");
  field.setSelectionRange(3, 3);
  remote(() => text.insert(0, "__"));
  expect(field.selectionStart).toBe(5);
  remote(() => text.insert(5, "!!"));
  expect(field.selectionStart).toBe(5);
  remote(() => text.delete(1, 2));
  expect(field.selectionStart).toBe(3);
  remote(() => text.insert(text.length, "end"));
  expect([field.selectionStart, field.selectionEnd]).toEqual([3, 3]);
});

test("nothing is written while a word is being composed; the others' words wait and are kept", () => {
  const { text, field, remote } = bound("Ruth ");
  compose(field, "start");
  type(field, 5, 5, "n");
  type(field, 5, 6, "に");
  expect(text.toString()).toBe("Ruth ");
  remote(() => text.insert(0, "With "));
  expect(field.value).toBe("Ruth に");
  type(field, 5, 6, "日本");
  compose(field, "end");
  expect(text.toString()).toBe("With Ruth 日本");
  expect(field.value).toBe("With Ruth 日本");
  expect(field.selectionStart).toBe(12);
});

test("a composition ends with its field", () => {
  const { text, field } = bound();
  compose(field, "start");
  type(field, 0, 0, "hola");
  field.dispatchEvent(new Event("blur"));
  expect(text.toString()).toBe("hola");
});

test("undo takes back only what this person wrote", () => {
  const { text, field, remote, undo } = bound("one");
  type(field, 3, 3, " two");
  remote(() => text.insert(0, "zero "));
  const key = new KeyboardEvent("keydown", { key: "z", ctrlKey: true, cancelable: true });
  field.dispatchEvent(key);
  expect(key.defaultPrevented).toBe(true);
  expect(field.value).toBe("zero one");
  undo.redo();
  expect(field.value).toBe("zero one two");
});

test("an input shows line breaks as spaces and keeps them in the text", () => {
  const { text, field } = bound("a\nb", "input");
  expect(field.value).toBe("a b");
  type(field, 3, 3, "c");
  expect(text.toString()).toBe("a\nbc");
});

test("the cursor is told, and told gone when the field is left", () => {
  const { field, cursors } = bound("abc");
  field.setSelectionRange(1, 2);
  field.dispatchEvent(new Event("keyup"));
  expect(cursors.at(-1)).toEqual({ index: 1, head: 2 });
  field.dispatchEvent(new Event("blur"));
  expect(cursors.at(-1)).toBeNull();
});

test("after its end the binding is silent", () => {
  const { text, field, end, remote } = bound("abc");
  end();
  type(field, 0, 0, "x");
  expect(text.toString()).toBe("abc");
  remote(() => text.insert(0, "y"));
  expect(field.value).toBe("xabc");
});

test("field and text agree after any mix of typing, composing, undoing and others' changes", () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = seeded(seed);
    const { text, field, remote, undo, end } = bound("Dana and Lee");
    let is_composing = false;
    const letters = (): string => Array.from({ length: Math.floor(random() * 4) }, () => pick(random, ["a", "é", "に", "😀", " "])).join("");
    const place = (length: number): number => Math.floor(random() * (length + 1));
    for (let step = 0; step < 60; step += 1) {
      const act = random();
      if (act < 0.5) {
        const [from, to] = whole(field.value, place(field.value.length), place(field.value.length));
        type(field, from, is_composing ? from : to, letters());
      } else if (act < 0.8) {
        const [from, to] = whole(text.toString(), place(text.length), place(text.length));
        remote(() => (random() < 0.5 ? text.insert(from, letters()) : text.delete(from, to - from)));
      } else if (act < 0.9) {
        is_composing = !is_composing;
        compose(field, is_composing ? "start" : "end");
      } else if (!is_composing) {
        if (random() < 0.5) undo.undo();
        else undo.redo();
      }
      if (!is_composing) expect(field.value, `seed ${seed}, step ${step}`).toBe(text.toString());
    }
    if (is_composing) compose(field, "end");
    expect(field.value, `seed ${seed}`).toBe(text.toString());
    expect(text.toString()).not.toMatch(/\ufffd/);
    end();
  }
});

/** Two places in order that cut no surrogate pair. */
function whole(value: string, a: number, b: number): [number, number] {
  const back = (place: number): number => (/[\udc00-\udfff]/.test(value[place] ?? "") ? place - 1 : place);
  return [back(Math.min(a, b)), back(Math.max(a, b))];
}

test("what is pasted beyond the longest stays in the field, is counted and is not written", () => {
  const { text, field, excess, remote } = bound("Ruth", "textarea", 10);
  type(field, 4, 4, " helps on Monday");
  expect([field.value, text.toString(), excess.at(-1)]).toEqual(["Ruth helps on Monday", "Ruth", 10]);
  remote(() => text.insert(0, "> "));
  expect([field.value, text.toString()]).toEqual(["Ruth helps on Monday", "> Ruth"]);
  type(field, 8, 20, "");
  expect([field.value, text.toString(), excess.at(-1)]).toEqual(["> Ruth hel", "> Ruth hel", 0]);
});

test("letters of several characters are counted as one", () => {
  const { text, field, excess } = bound("", "textarea", 3);
  type(field, 0, 0, "👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧");
  expect(text.toString()).toBe(field.value);
  type(field, 0, 0, "x");
  expect([text.toString().startsWith("x"), excess.at(-1)]).toEqual([false, 1]);
});

test("a text that is too long already may be made shorter, and what was too long is not written at the end", () => {
  const { text, field, end } = bound("x".repeat(20), "textarea", 10);
  type(field, 19, 20, "");
  expect(text.length).toBe(19);
  type(field, 0, 0, "yyy");
  end();
  expect(text.length).toBe(19);
});
