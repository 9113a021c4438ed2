const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * A key that sorts (by code unit) between two others; "" stands for the start and the end. Keys are fractions in base 62
 * without a trailing "0", so there is always room between two different keys.
 * A random tail keeps apart the keys of two people who insert at the same place at the same moment.
 */
export function keyBetween(before: string, after: string, random: () => number = Math.random): string {
  const middle = midpoint(before, after);
  const tail = Array.from({ length: 3 }, () => DIGITS[Math.floor(random() * 62)]).join("");
  return middle + tail + DIGITS[1 + Math.floor(random() * 61)];
}

/** The shortest fraction strictly between `low` and `high` ("" as `high`: one). */
function midpoint(low: string, high: string): string {
  if (high) {
    let shared = 0;
    while ((low[shared] ?? "0") === high[shared]) shared += 1;
    if (shared > 0) return high.slice(0, shared) + midpoint(low.slice(shared), high.slice(shared));
  }
  const from = low ? DIGITS.indexOf(low[0] as string) : 0;
  const to = high ? DIGITS.indexOf(high[0] as string) : DIGITS.length;
  if (to - from > 1) return DIGITS[Math.round((from + to) / 2)] as string;
  if (high.length > 1) return high.slice(0, 1);
  return (DIGITS[from] as string) + midpoint(low.slice(1), "");
}
