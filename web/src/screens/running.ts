/** What a family's phone does not need, fetched once somebody does. */

import { worded } from "../i18n/locale.svelte.ts";
import { patiently } from "../live/lazy.ts";

/** The laptop's room, and the parts of those who run the meeting, with their words. */
export function running(): Promise<typeof import("./running/index.ts")> {
  return worded(patiently(() => import("./running/index.ts")));
}

/** What is said, and offered to staff, while the facilitator is away. */
export function holding(): Promise<typeof import("./hold/Hold.svelte")> {
  return worded(patiently(() => import("./hold/Hold.svelte")));
}

/** The sheet behind "More". */
export function moreSheet(): Promise<typeof import("./room/MoreSheet.svelte")> {
  return patiently(() => import("./room/MoreSheet.svelte"));
}
