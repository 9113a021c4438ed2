const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * A key that sorts (by code unit) between two others; "" stands for the start and the end. Keys are fractions in base 62
 * that do not end in "0", so there is always room between two different keys.
 * A random tail keeps apart the keys of two people who insert at the same place at the same moment.
 */
export function keyBetween(before: string, after: string, random: () => number = Math.random): string {
  const digit = (least: number): string => DIGITS[least + Math.floor(random() * (62 - least))] as string;
  return between(before, after) + digit(0) + digit(0) + digit(0) + digit(1);
}

/** Digits above `low` whose last one is below `high`'s, so that whatever follows them stays below `high`. */
function between(low: string, high: string): string {
  if (high) {
    let shared = 0;
    while ((low[shared] ?? "0") === high[shared]) shared += 1;
    if (shared > 0) return high.slice(0, shared) + between(low.slice(shared), high.slice(shared));
  }
  const from = low ? DIGITS.indexOf(low[0] as string) : 0;
  const to = high ? DIGITS.indexOf(high[0] as string) : DIGITS.length;
  if (to - from <= 1) return (DIGITS[from] as string) + between(low.slice(1), "");
  // Most cards are added at the end (or the start): small steps there keep keys short.
  if (!high && low) return DIGITS[from + 1] as string;
  if (!low && high) return DIGITS[to - 1] as string;
  return DIGITS[Math.floor((from + to) / 2)] as string;
}
