/** `gallery.html?scene=<name>&lang=es&dir=rtl` shows one screen in one state; without a scene, a list of all. */

import { mount } from "svelte";

import { nearest, speak } from "../i18n/locale.svelte.ts";
import { readOffice } from "../screens/office.ts";
import "../style/base.css";
import "../style/join.css";
import "../style/room.css";
import SceneFrame from "./Scene.svelte";
import { SCENES } from "./scenes.ts";

const asked = new URLSearchParams(location.search);
const target = document.getElementById("app")!;
await speak(nearest(asked.get("lang")));
if (asked.get("dir") === "rtl") document.documentElement.dir = "rtl";
if (asked.get("text")) document.documentElement.style.setProperty("--text", `${asked.get("text")}%`);
target.dataset.phone = "555-0100";
readOffice(target);

const make = SCENES[asked.get("scene") ?? ""];
if (make) {
  const scene = make();
  if (scene.staff) await Promise.all([import("@fontsource-variable/public-sans/wght.css"), import("../style/staff.css")]);
  if ("live" in scene.props && scene.props.live === undefined) scene.props.live = scene.live;
  mount(SceneFrame, { target, props: { scene } });
  setTimeout(() => {
    scene.then?.();
    setTimeout(() => (document.body.dataset.ready = "yes"), 400);
  }, 250);
} else {
  const names = Object.keys(SCENES);
  target.append(
    ...names.map((name) => {
      const link = document.createElement("a");
      link.href = `?scene=${name}`;
      link.textContent = name;
      const line = document.createElement("p");
      line.append(link);
      return line;
    }),
  );
  document.body.dataset.scenes = names.join(" ");
}
