/** A page translator takes text nodes out of the page. What Svelte adds and takes away must not begin or end with one. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { type AST, parse } from "svelte/compiler";
import { expect, it } from "vitest";

const SOURCES = new URL("..", import.meta.url).pathname;
const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".svelte"));

/** Fragments that stand between anchors of their own: branches, rounds of a list, the inside of a component. */
function* branches(node: unknown, is_element = false): Generator<AST.Fragment> {
  if (node === null || typeof node !== "object") return;
  if (Array.isArray(node)) for (const one of node) yield* branches(one);
  else {
    const { type } = node as { type?: string };
    if (type === "Fragment" && !is_element) yield node as AST.Fragment;
    const holds = type === "RegularElement" || type === "SvelteElement" || type === "Attribute";
    for (const child of Object.values(node)) yield* branches(child, holds);
  }
}

function bareEnds(source: string): string[] {
  const { fragment } = parse(source, { modern: true });
  const found: string[] = [];
  for (const branch of branches(fragment)) {
    const nodes = branch.nodes.filter((one) => one.type !== "Comment" && !(one.type === "Text" && !one.data.trim()));
    for (const one of [nodes.at(0), nodes.at(-1)]) {
      if (one?.type === "Text" || one?.type === "ExpressionTag") found.push(source.slice(one.start, one.end).trim());
    }
  }
  return found;
}

it.each(files)("nothing that comes and goes in %s begins or ends with bare text", (name) => {
  expect(bareEnds(readFileSync(join(SOURCES, name), "utf8"))).toEqual([]);
});

it("finds such text", () => {
  expect(bareEnds("<p>{#if a}<b>x</b>{word}{:else}{other}{/if}</p>")).toEqual(["{word}", "{other}", "{other}"]);
  expect(bareEnds("<p>{#if a}<span>{word}</span>{/if} {free}</p>")).toEqual([]);
});
