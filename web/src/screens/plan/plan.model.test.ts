import { describe, expect, it } from "vitest";

import type { RemoteCursor } from "../../live/plan/provider.ts";
import { carets, quote, writers } from "./plan.model.ts";

function cursor(participant_id: string, field: string, head: number): RemoteCursor {
  return { participant_id, client_id: head + 1, field, index: head, head };
}

describe("carets", () => {
  it("cuts a text at every caret, in order", () => {
    const cut = carets("Ruth drives", [cursor("dana", "f", 11), cursor("ruth", "f", 4)]);
    expect(cut.carets.map((one) => [one.participant_id, one.before])).toEqual([
      ["ruth", "Ruth"],
      ["dana", " drives"],
    ]);
    expect(cut.rest).toBe("");
  });

  it("keeps a caret beyond the end inside the text", () => {
    expect(carets("ab", [cursor("ruth", "f", 9)])).toEqual({
      carets: [{ before: "ab", participant_id: "ruth", client_id: 10 }],
      rest: "",
    });
  });
});

describe("writers", () => {
  const cursors = [cursor("dana", "cards:worries/1/text", 0), cursor("ruth", "cards:worries/2/text", 0), cursor("ruth", "steps/1/what", 3)];

  it("names each person once and never oneself", () => {
    expect(writers(cursors, "", "dana")).toEqual(["ruth"]);
    expect(writers(cursors, "cards:worries", null)).toEqual(["dana", "ruth"]);
    expect(writers(cursors, "cards:worr", null)).toEqual([]);
  });
});

it("quotes a long text shortly", () => {
  expect(quote("  What   helps ")).toBe("What helps");
  expect(quote("a".repeat(50))).toHaveLength(40);
});
