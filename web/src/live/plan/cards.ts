import * as Y from "yjs";

import { keyBetween } from "./order.ts";
import {
  CARD_FIELDS,
  type CardSection,
  cardField,
  cardsRoot,
  type FieldId,
  ownWordsRoot,
  STEPS_ROOT,
  stepField,
  TEXT_ROOTS,
  type TextSection,
} from "./outline.ts";
import type { Readable } from "../readable.ts";

/** Marks what this person did, so that undo takes back only that. */
export const LOCAL = Symbol("local");

/** Marks one removal of this person, so that it can be taken back whatever was written since. */
class Removal {}

/** A card or step that was removed. */
export interface Removed {
  /** Brings back exactly that, with its words. */
  restore(): void;
  /** It is too late now. */
  forget(): void;
}

/** One card as a screen shows it: its texts by field, and the field ids to bind to. */
export interface CardView {
  readonly id: string;
  /** The participant who made the card. */
  readonly by: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, FieldId>>;
}

export interface StepView {
  readonly id: string;
  readonly what: string;
  readonly what_field: FieldId;
  /** A participant id or a written name. */
  readonly who: string;
  /** YYYY-MM-DD or "". */
  readonly by_when: string;
  readonly done: boolean;
}

type Entry = Y.Map<unknown>;

/** Typed reading and writing of one plan document. Lists are sorted by order key; `Readable`s tell every change. */
export class PlanDocument {
  readonly undo: Y.UndoManager;
  readonly #participant_id: string;
  readonly #new_id: () => string;

  constructor(
    readonly doc: Y.Doc,
    participant_id: string,
    new_id: () => string = () => crypto.randomUUID().replaceAll("-", ""),
  ) {
    this.#participant_id = participant_id;
    this.#new_id = new_id;
    const roots: Y.AbstractType<unknown>[] = [
      ...Object.values(TEXT_ROOTS).map((root) => doc.getText(root) as Y.AbstractType<unknown>),
      ...(Object.keys(CARD_FIELDS) as CardSection[]).map((section) => this.#cards(section) as Y.AbstractType<unknown>),
      doc.getMap(STEPS_ROOT) as Y.AbstractType<unknown>,
      doc.getText(ownWordsRoot(participant_id)) as Y.AbstractType<unknown>,
    ];
    this.undo = new Y.UndoManager(roots, { trackedOrigins: new Set<unknown>([LOCAL, Removal]), captureTimeout: 800 });
  }

  /** The Y.Text behind a field id; null when its card is gone. */
  text(field: FieldId): Y.Text | null {
    const [root = "", id, name] = field.split("/");
    if (id === undefined || name === undefined) return this.doc.getText(root);
    const text = (this.doc.getMap(root).get(id) as Entry | undefined)?.get(name);
    return text instanceof Y.Text ? text : null;
  }

  /** The field id of a Y.Text of this document; null for anything else. */
  fieldOf(text: Y.AbstractType<unknown>): FieldId | null {
    const path: string[] = [];
    let type: Y.AbstractType<unknown> | null = text;
    while (type?._item) {
      path.unshift(type._item.parentSub ?? "");
      type = type._item.parent as Y.AbstractType<unknown> | null;
    }
    for (const [root, shared] of this.doc.share) if (shared === type) return [root, ...path].join("/");
    return null;
  }

  textOf(section: TextSection): Readable<string> {
    return this.#observed(this.doc.getText(TEXT_ROOTS[section]), () => this.doc.getText(TEXT_ROOTS[section]).toString());
  }

  /** A family member's own words; only that member may write them. */
  ownWords(participant_id: string): Readable<string> {
    const text = this.doc.getText(ownWordsRoot(participant_id));
    return this.#observed(text, () => text.toString());
  }

  cards(section: CardSection): Readable<readonly CardView[]> {
    const cards = this.#cards(section);
    return this.#observed(cards, () => sorted(cards).map(([id, card]) => cardView(section, id, card)));
  }

  get steps(): Readable<readonly StepView[]> {
    const steps = this.doc.getMap<Entry>(STEPS_ROOT);
    return this.#observed(steps, () => sorted(steps).map(([id, step]) => stepView(id, step)));
  }

  /** Adds a card at the end, or after another; returns its id. */
  addCard(section: CardSection, after_id?: string): string {
    const cards = this.#cards(section);
    const card = new Y.Map<unknown>();
    const id = this.#new_id();
    this.write(() => {
      card.set("order", this.#orderAfter(cards, after_id));
      card.set("by", this.#participant_id);
      for (const field of CARD_FIELDS[section]) card.set(field, new Y.Text());
      cards.set(id, card);
    });
    return id;
  }

  removeCard(section: CardSection, card_id: string): Removed {
    return this.#remove(this.#cards(section), card_id);
  }

  /** Puts a card right after another; null: first. */
  moveCard(section: CardSection, card_id: string, after_id: string | null): void {
    this.#move(this.#cards(section), card_id, after_id);
  }

  addStep(after_id?: string): string {
    const steps = this.doc.getMap<Entry>(STEPS_ROOT);
    const step = new Y.Map<unknown>();
    const id = this.#new_id();
    this.write(() => {
      step.set("order", this.#orderAfter(steps, after_id));
      step.set("what", new Y.Text());
      step.set("who", "");
      step.set("by_when", "");
      step.set("done", false);
      steps.set(id, step);
    });
    return id;
  }

  removeStep(step_id: string): Removed {
    return this.#remove(this.doc.getMap<Entry>(STEPS_ROOT), step_id);
  }

  moveStep(step_id: string, after_id: string | null): void {
    this.#move(this.doc.getMap<Entry>(STEPS_ROOT), step_id, after_id);
  }

  /** Sets who, by when (YYYY-MM-DD or "") or done of a step; the last writer wins. */
  setStep(step_id: string, change: Partial<Pick<StepView, "who" | "by_when" | "done">>): void {
    const step = this.doc.getMap<Entry>(STEPS_ROOT).get(step_id);
    if (!step) return;
    this.write(() => {
      for (const [key, value] of Object.entries(change)) if (step.get(key) !== value) step.set(key, value);
    });
  }

  /** Runs changes of this person as one update. */
  write(change: () => void): void {
    this.doc.transact(change, LOCAL);
  }

  #cards(section: CardSection): Y.Map<Entry> {
    return this.doc.getMap<Entry>(cardsRoot(section));
  }

  #remove(entries: Y.Map<Entry>, id: string): Removed {
    const origin = new Removal();
    const own = new Y.UndoManager(entries, { trackedOrigins: new Set<unknown>([origin]) });
    this.undo.stopCapturing();
    this.doc.transact(() => entries.delete(id), origin);
    this.undo.stopCapturing();
    const forget = (): void => {
      own.clear();
      own.destroy();
    };
    return { restore: () => void own.undo(), forget };
  }

  #orderAfter(entries: Y.Map<Entry>, after_id: string | null | undefined, without?: string): string {
    const order = sorted(entries).filter(([id]) => id !== without);
    const keys = order.map(([, entry]) => orderOf(entry));
    const found = order.findIndex(([id]) => id === after_id);
    const index = after_id === null ? -1 : found < 0 ? order.length - 1 : found;
    const before = keys[index] ?? "";
    const next = keys.slice(index + 1).find((key) => key > before) ?? "";
    return keyBetween(before, next);
  }

  #move(entries: Y.Map<Entry>, id: string, after_id: string | null): void {
    const entry = entries.get(id);
    if (!entry || id === after_id) return;
    this.write(() => entry.set("order", this.#orderAfter(entries, after_id, id)));
  }

  #observed<T>(type: Y.AbstractType<unknown> | Y.Text | Y.Map<Entry>, read: () => T): Readable<T> {
    return {
      get value() {
        return read();
      },
      subscribe(run) {
        const changed = (): void => run(read());
        type.observeDeep(changed);
        run(read());
        return () => type.unobserveDeep(changed);
      },
    };
  }
}

function orderOf(entry: Entry): string {
  const order = entry.get("order");
  return typeof order === "string" ? order : "";
}

function sorted(entries: Y.Map<Entry>): [string, Entry][] {
  return [...entries.entries()].sort(([a, x], [b, y]) => compare(orderOf(x), orderOf(y)) || compare(a, b));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function cardView(section: CardSection, id: string, card: Entry): CardView {
  const texts: Record<string, string> = {};
  const fields: Record<string, FieldId> = {};
  for (const field of CARD_FIELDS[section]) {
    const text = card.get(field);
    texts[field] = text instanceof Y.Text ? text.toString() : "";
    fields[field] = cardField(section, id, field);
  }
  return { id, by: String(card.get("by") ?? ""), texts, fields };
}

function stepView(id: string, step: Entry): StepView {
  const what = step.get("what");
  return {
    id,
    what: what instanceof Y.Text ? what.toString() : "",
    what_field: stepField(id),
    who: String(step.get("who") ?? ""),
    by_when: String(step.get("by_when") ?? ""),
    done: step.get("done") === true,
  };
}
