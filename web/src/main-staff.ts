/** The page of staff. */

import { mount } from "svelte";

import { nearest, speak } from "./i18n/locale.svelte.ts";
import StaffApp from "./screens/staff/StaffApp.svelte";
import "@fontsource-variable/public-sans/wght.css";
import "./style/base.css";
import "./style/closing.css";
import "./style/room.css";
import "./style/staff.css";
import "./style/wide.css";
import "./ui/more_icons.ts";
import { applyTextSize } from "./ui/text_size.svelte.ts";

const target = document.getElementById("app");
if (!target) throw new Error("the page has no element #app");
await speak(nearest(navigator.language));
applyTextSize();
mount(StaffApp, { target });
