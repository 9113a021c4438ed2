import { expect, test } from "vitest";

import { seeded } from "../../testing/random.ts";
import { keyBetween } from "./order.ts";

test("a key is between its neighbours wherever it is put, and never ends in 0", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const random = seeded(seed);
    const keys: string[] = [];
    for (let count = 0; count < 300; count += 1) {
      const index = Math.floor(random() * (keys.length + 1));
      const key = keyBetween(keys[index - 1] ?? "", keys[index] ?? "", random);
      keys.splice(index, 0, key);
      expect(key).toMatch(/^[0-9A-Za-z]+[1-9A-Za-z]$/);
    }
    expect([...keys].sort()).toEqual(keys);
    expect(new Set(keys).size).toBe(keys.length);
  }
});

test("cards added at the end or the start a thousand times keep keys under 128 characters", () => {
  for (const side of ["end", "start"]) {
    const random = seeded(7);
    let key = "";
    for (let count = 0; count < 1000; count += 1) {
      const next = side === "end" ? keyBetween(key, "", random) : keyBetween("", key, random);
      if (key) expect(side === "end" ? next > key : next < key).toBe(true);
      key = next;
    }
    expect(key.length).toBeLessThan(128);
  }
});
