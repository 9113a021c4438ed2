/** Icons by name: those of the first screens at once, the others once a screen that shows them is loaded. */

import { ICONS } from "./icons.gen.ts";
import type { MORE_ICONS } from "./more_icons.gen.ts";

export type IconName = keyof typeof ICONS | keyof typeof MORE_ICONS;

const paths: Partial<Record<IconName, string>> = { ...ICONS };

/** Makes more icons known. */
export function addIcons(more: Partial<Record<IconName, string>>): void {
  Object.assign(paths, more);
}

/** The path of an icon. */
export function iconPath(name: IconName): string {
  return paths[name] ?? "";
}
