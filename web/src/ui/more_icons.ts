/** Import for its effect: every icon is known from then on. */

import { addIcons } from "./icons.ts";
import { MORE_ICONS } from "./more_icons.gen.ts";

addIcons(MORE_ICONS);
