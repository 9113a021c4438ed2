/** The page of people with a link. The server-rendered page has spent the link and says whose it is (`data-seat`); we take
 *  over its element. */

import { mount } from "svelte";

import { nearest, speak } from "./i18n/locale.svelte.ts";
import type { JoinAnswer } from "./live/api.ts";
import { LiveMeeting } from "./live/live_meeting.ts";
import JoinApp from "./screens/join/JoinApp.svelte";
import { readOffice } from "./screens/office.ts";
import "./style/base.css";
import "./style/join.css";
import { applyTextSize } from "./ui/text_size.svelte.ts";

const main = document.getElementById("app");
if (!main) throw new Error("the page has no element #app");
readOffice(main);
applyTextSize();
const seat = JSON.parse(main.dataset.seat ?? "null") as JoinAnswer | null;
await speak(nearest(seat?.language ?? document.documentElement.lang));
const target = document.createElement("div");
target.id = "app";
main.replaceWith(target);
const live = new LiveMeeting({ phone: matchMedia("(max-width: 64rem)").matches });
mount(JoinApp, { target, props: { live, seat } });
