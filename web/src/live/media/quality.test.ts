import { expect, test } from "vitest";

import { Quality, type Sample } from "./quality.ts";

function second(count: number, lost: number, round_trip_s = 0.05): Sample {
  return { bytes: count * 1_000, received: count * 500, packets: count * 50, lost, round_trip_s };
}

test("three bad seconds are weak, five good ones are good again", () => {
  const quality = new Quality();
  const words: string[] = [];
  let lost = 0;
  for (let count = 1; count <= 12; count += 1) {
    if (count >= 2 && count <= 5) lost += 20;
    words.push(quality.got(second(count, lost)));
  }
  expect(words).toEqual(["good", "good", "good", "weak", "weak", "weak", "weak", "weak", "weak", "good", "good", "good"]);
});

test("a long way there and back is weak too", () => {
  const quality = new Quality();
  for (let count = 1; count <= 3; count += 1) quality.got(second(count, 0, 0.9));
  expect(quality.got(second(4, 0, 0.9))).toBe("weak");
});

test("silence is counted in samples without a byte", () => {
  const quality = new Quality();
  quality.got(second(1, 0));
  quality.got(second(1, 0));
  quality.got(second(1, 0));
  expect(quality.silent).toBe(2);
  quality.got(second(2, 0));
  expect(quality.silent).toBe(0);
});
