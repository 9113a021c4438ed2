import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { excess, letters } from "./letters.ts";

interface Row {
  readonly what: string;
  readonly text: string;
  readonly letters: number;
  readonly plain: string;
}
const CORPUS = JSON.parse(readFileSync("../tests/support/corpus/letters.json", "utf8")) as Row[];

test.each(CORPUS)("letters are counted as the server counts them: $what", (row) => {
  expect(letters(row.plain)).toBe(row.letters);
});

test.each(CORPUS)("what is cleaned when filed is not counted before: $what", (row) => {
  const filler = "x".repeat(100);
  expect(excess(filler + row.text + filler, 10)).toBe(letters(filler + row.plain + filler) - 10);
});

test("a text that fits has no excess, however many characters its letters have", () => {
  expect(excess("x".repeat(80), 80)).toBe(0);
  expect(excess("👨‍👩‍👧‍👦".repeat(80), 80)).toBe(0);
  expect(excess("  " + "x".repeat(80) + "\t\n", 80)).toBe(0);
  expect(excess("x".repeat(83), 80)).toBe(3);
});

test("a pile of marks is not one letter", () => {
  expect(letters("e" + "\u0301".repeat(160))).toBe(11);
});
