import { expect, test } from "vitest";
import * as Y from "yjs";

import { PlanDocument } from "./cards.ts";

function plan(): PlanDocument {
  let next = 0;
  return new PlanDocument(new Y.Doc({ gc: false }), "dana", () => `card-${(next += 1)}`);
}

test("cards are added, moved and removed in order", () => {
  const dana = plan();
  const [a, b, c] = [dana.addCard("strengths"), dana.addCard("strengths"), dana.addCard("strengths")];
  const ids = (): string[] => dana.cards("strengths").value.map((card) => card.id);
  expect(ids()).toEqual([a, b, c]);
  dana.moveCard("strengths", c, null);
  expect(ids()).toEqual([c, a, b]);
  dana.moveCard("strengths", c, a);
  expect(ids()).toEqual([a, c, b]);
  const d = dana.addCard("strengths", a);
  expect(ids()).toEqual([a, d, c, b]);
  dana.removeCard("strengths", d);
  expect(ids()).toEqual([a, c, b]);
});

test("a card has its section's fields, its author, and texts to bind to", () => {
  const dana = plan();
  const id = dana.addCard("safety_plan");
  const [card] = dana.cards("safety_plan").value;
  expect(card?.by).toBe("dana");
  expect(Object.keys(card?.fields ?? {})).toEqual(["threat", "text", "who", "when", "backup"]);
  const field = card?.fields.who ?? "";
  const text = dana.text(field);
  text?.insert(0, "Ruth");
  expect(text && dana.fieldOf(text as never)).toBe(field);
  expect(dana.cards("safety_plan").value[0]?.texts.who).toBe("Ruth");
  dana.removeCard("safety_plan", id);
  expect(dana.text(field)).toBeNull();
});

test("steps hold who, by when and done; every change is told", () => {
  const dana = plan();
  const told: unknown[] = [];
  const stop = dana.steps.subscribe((steps) => told.push(steps));
  const id = dana.addStep();
  dana.setStep(id, { who: "Ruth", by_when: "2026-12-01", done: true });
  dana.text(dana.steps.value[0]?.what_field ?? "")?.insert(0, "Call the school");
  expect(told.at(-1)).toEqual([
    { id, what: "Call the school", what_field: `steps/${id}/what`, who: "Ruth", by_when: "2026-12-01", done: true },
  ]);
  stop();
  const count = told.length;
  dana.setStep(id, { done: false });
  expect(told).toHaveLength(count);
});

test("two people who add at the same place keep both cards, in the same order for both", () => {
  const [dana, ruth] = [plan(), new PlanDocument(new Y.Doc({ gc: false }), "ruth")];
  dana.addCard("worries");
  ruth.addCard("worries");
  Y.applyUpdate(ruth.doc, Y.encodeStateAsUpdate(dana.doc));
  Y.applyUpdate(dana.doc, Y.encodeStateAsUpdate(ruth.doc));
  expect(dana.cards("worries").value).toHaveLength(2);
  expect(dana.cards("worries").value).toEqual(ruth.cards("worries").value);
});

test("undo takes back a removed card with its words", () => {
  const dana = plan();
  const id = dana.addCard("strengths");
  dana.write(() => dana.text(`cards:strengths/${id}/text`)?.insert(0, "Ruth is always there"));
  dana.undo.stopCapturing();
  dana.removeCard("strengths", id);
  dana.undo.undo();
  expect(dana.cards("strengths").value[0]?.texts.text).toBe("Ruth is always there");
});

test("a removed card comes back with its words, whatever was written since by anyone", () => {
  const dana = plan();
  const id = dana.addCard("worries");
  dana.write(() => dana.text(`cards:worries/${id}/text`)?.insert(0, "Nobody is home on Mondays"));
  const other = dana.addCard("worries");
  const removed = dana.removeCard("worries", id);
  dana.write(() => dana.text(`cards:worries/${other}/text`)?.insert(0, "The bus is late"));
  const ruth = new Y.Doc({ gc: false });
  Y.applyUpdate(ruth, Y.encodeStateAsUpdate(dana.doc));
  ruth.getText("text:decision_question").insert(0, "Where do they sleep?");
  Y.applyUpdate(dana.doc, Y.encodeStateAsUpdate(ruth));
  removed.restore();
  const texts = dana.cards("worries").value.map((card) => card.texts.text);
  expect(texts).toEqual(["Nobody is home on Mondays", "The bus is late"]);
  expect(dana.textOf("decision_question").value).toBe("Where do they sleep?");
});

test("taking a removal back twice, by the button and by the keyboard, makes one card", () => {
  const dana = plan();
  const id = dana.addStep();
  const removed = dana.removeStep(id);
  dana.undo.undo();
  removed.restore();
  expect(dana.steps.value.map((step) => step.id)).toEqual([id]);
});

test("a removal that is forgotten stays", () => {
  const dana = plan();
  const removed = dana.removeStep(dana.addStep());
  removed.forget();
  removed.restore();
  expect(dana.steps.value).toEqual([]);
});
