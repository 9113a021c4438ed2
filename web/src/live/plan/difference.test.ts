import { expect, test } from "vitest";

import { pick, seeded } from "../../testing/random.ts";
import { type Change, difference, Drift } from "./difference.ts";

function changed(text: string, { index, remove, insert }: Change): string {
  return text.slice(0, index) + insert + text.slice(index + remove);
}

test("the difference makes the one text into the other and ends at the caret where several fit", () => {
  expect(difference("aa", "aaa", 1)).toEqual({ index: 0, remove: 0, insert: "a" });
  expect(difference("aa", "aaa", 3)).toEqual({ index: 2, remove: 0, insert: "a" });
  expect(difference("same", "same", 2)).toBeNull();
  const random = seeded(3);
  for (let count = 0; count < 2000; count += 1) {
    const word = (): string => Array.from({ length: Math.floor(random() * 6) }, () => pick(random, ["a", "b", "😀", "😁"])).join("");
    const [before, after] = [word(), word()];
    const change = difference(before, after, Math.floor(random() * (after.length + 1)));
    expect(change ? changed(before, change) : before).toBe(after);
  }
});

test("the difference never cuts a surrogate pair", () => {
  expect(difference("😀", "😁", 2)).toEqual({ index: 0, remove: 2, insert: "😁" });
  // U+1F600 and U+1E600 share the low half.
  const [one, other] = ["\ud83d\ude00", "\ud839\ude00"];
  expect(difference(one, other, 0)).toEqual({ index: 0, remove: 2, insert: other });
});

test("a change is carried over what others did: their words stay, the removed letters go, the new ones keep together", () => {
  const drift = new Drift("Lee stays with Ruth".length);
  drift.apply([{ retain: 4 }, { insert: "Dana " }]); // "Lee Dana stays with Ruth"
  drift.apply([{ delete: 1 }]); // "ee Dana stays with Ruth"
  const carried = drift.carry({ index: 0, remove: 9, insert: "Lee lives" });
  const now = carried.reduce(changed, "ee Dana stays with Ruth");
  expect(now).toBe("Lee livesDana  with Ruth");
});
