/** The time, told every few seconds while someone reads it. */
import { createSubscriber } from "svelte/reactivity";

const EVERY_MS = 5_000;
const ticking = createSubscriber((update) => {
  const timer = setInterval(update, EVERY_MS);
  return () => clearInterval(timer);
});

/** Now, in epoch ms of this device. */
export function now(): number {
  ticking();
  return Date.now();
}
