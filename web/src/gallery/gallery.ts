/**
 * `gallery.html?scene=<name>&lang=es&dir=rtl&text=200` shows one screen in one state; without a scene, a list of all.
 * A test goes from scene to scene by `gallery.show(name, language)` without loading the page again.
 */

import { mount, unmount } from "svelte";

import { nearest, speak } from "../i18n/locale.svelte.ts";
import { readOffice } from "../screens/office.ts";
import { moreSheet, running } from "../screens/running.ts";
import "../style/base.css";
import "../style/join.css";
import "../style/room.css";
import SceneFrame from "./Scene.svelte";
import { SCENES } from "./scenes.ts";

const asked = new URLSearchParams(location.search);
const target = document.getElementById("app")!;
target.dataset.phone = "555-0100";
readOffice(target);
if (asked.get("dir") === "rtl") document.documentElement.dir = "rtl";
if (asked.get("text")) document.documentElement.style.setProperty("--text", `${asked.get("text")}%`);
let shown: object | null = null;

/** Puts one scene on the page; resolves when it stands. */
async function show(name: string, language: string | null): Promise<void> {
  if (shown) await unmount(shown);
  target.replaceChildren();
  for (const dialog of document.querySelectorAll("dialog")) dialog.remove();
  document.documentElement.classList.remove("translated-ltr");
  await speak(nearest(language));
  const scene = SCENES[name]!();
  if (scene.staff) await Promise.all([import("@fontsource-variable/public-sans/wght.css"), import("../style/staff.css"), import("../style/wide.css")]);
  if ("live" in scene.props && scene.props.live === undefined) scene.props.live = scene.live;
  shown = mount(SceneFrame, { target, props: { scene } });
  await stands();
  await scene.then?.();
  await stands();
  await document.fonts.ready;
  document.body.dataset.ready = "yes";
}

/** A few frames after there is a heading. */
async function stands(): Promise<void> {
  for (let frames = 0; frames < 4; frames += document.querySelector("h1, h2") ? 1 : 0) await new Promise(requestAnimationFrame);
}

await Promise.all([running(), moreSheet(), import("../screens/closing/Closing.svelte"), import("../screens/join/DeviceTrouble.svelte")]);
await speak(nearest(asked.get("lang")));
const scenes = Object.entries(SCENES).map(([name, make]) => ({ name, is_staff: make().staff === true }));
Object.assign(window, { gallery: { show, scenes } });
const name = asked.get("scene");
if (name) {
  await show(name, asked.get("lang"));
} else {
  target.append(
    ...scenes.map((one) => {
      const link = Object.assign(document.createElement("a"), { href: `?scene=${one.name}`, textContent: one.name });
      const line = document.createElement("p");
      line.append(link);
      return line;
    }),
  );
  document.body.dataset.ready = "list";
}
