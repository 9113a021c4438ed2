/** What a family's phone does not need, fetched once somebody does. */

import { worded } from "../i18n/locale.svelte.ts";
import { patiently } from "../live/lazy.ts";

/** The laptop's room, and the parts of those who run the meeting, with their words. */
export function running(): Promise<typeof import("./running/index.ts")> {
  return worded(patiently(() => import("./running/index.ts")));
}

/** The sheet behind "More". */
export function moreSheet(): Promise<typeof import("./room/MoreSheet.svelte")> {
  return patiently(() => import("./room/MoreSheet.svelte"));
}
