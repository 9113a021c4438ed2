/** Takes the icons we use out of lucide-static (ISC) and writes each as one path to `src/ui/icons.gen.ts`. */

import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const WEB = dirname(dirname(fileURLToPath(import.meta.url)));
const nodes = createRequire(import.meta.url)("lucide-static/icon-nodes.json");

/** Our name → lucide's name. */
const ICONS = {
  add: "plus",
  agency: "landmark",
  alert: "triangle-alert",
  back: "arrow-left",
  camera: "video",
  camera_off: "video-off",
  cannot_support: "circle-x",
  case: "folder-open",
  check: "check",
  clock: "clock",
  close: "x",
  copy: "copy",
  decide: "scale",
  down: "download",
  exit: "log-out",
  eye: "eye",
  flag: "flag",
  globe: "globe",
  hand: "hand",
  heart: "heart",
  house: "house",
  keyboard: "keyboard",
  leave_fast: "door-open",
  list: "list-checks",
  live_with: "handshake",
  lock: "lock",
  mic: "mic",
  mic_off: "mic-off",
  more: "ellipsis",
  next: "arrow-right",
  offline: "wifi-off",
  people: "users",
  phone: "phone",
  question: "circle-question-mark",
  quote: "message-square-quote",
  record: "file-text",
  refresh: "refresh-cw",
  remove: "trash",
  shield: "shield",
  sound: "volume-2",
  support: "thumbs-up",
  target: "target",
  visits: "calendar-heart",
};

/** Shown before the meeting: in the first file a phone loads. The others come with the screens that show them. */
const FIRST = "camera camera_off check clock close eye globe keyboard leave_fast lock mic mic_off phone shield sound".split(" ");

const n = (/** @type {string} */ value) => Number(value ?? 0);

/** @param {string} tag @param {Record<string, string>} a @returns {string} the shape as path data */
function path(tag, a) {
  if (tag === "path") return a.d;
  if (tag === "line") return `M${a.x1} ${a.y1}L${a.x2} ${a.y2}`;
  if (tag === "polyline" || tag === "polygon") {
    return `M${a.points.trim().split(/\s+/).join("L")}${tag === "polygon" ? "z" : ""}`;
  }
  if (tag === "circle") {
    const r = n(a.r);
    return `M${n(a.cx) - r} ${a.cy}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
  }
  if (tag === "rect") {
    const [w, h, r] = [n(a.width), n(a.height), n(a.rx ?? a.ry)];
    const arc = (/** @type {number} */ dx, /** @type {number} */ dy) => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
    return `M${n(a.x) + r} ${n(a.y)}h${w - 2 * r}${arc(r, r)}v${h - 2 * r}${arc(-r, r)}h${2 * r - w}${arc(-r, -r)}v${2 * r - h}${arc(r, -r)}z`;
  }
  throw new Error(`The shape ${tag} is not known`);
}

/** @param {[string, string]} pair @returns {string} */
function line([ours, theirs]) {
  const found = nodes[theirs];
  if (!found) throw new Error(`lucide-static has no icon ${theirs}`);
  const data = found.map((/** @type {[string, Record<string, string>]} */ [tag, attributes]) => path(tag, attributes));
  return `  ${ours}: ${JSON.stringify(data.map((/** @type {string} */ d) => (d.startsWith("m") ? `M0 0${d}` : d)).join(""))},`;
}

/** @param {string} file @param {string} name @param {(icon: string) => boolean} has @param {string} rest */
function write(file, name, has, rest) {
  const lines = Object.entries(ICONS).filter(([icon]) => has(icon)).map(line);
  const head = "// Made by scripts/icons.mjs from lucide-static (ISC License, Lucide Contributors). Do not edit.";
  writeFileSync(join(WEB, "src", "ui", file), `${head}\n${rest}\nexport const ${name} = {\n${lines.join("\n")}\n} as const;\n`);
}

write("icons.gen.ts", "ICONS", (icon) => FIRST.includes(icon), "");
write("more_icons.gen.ts", "MORE_ICONS", (icon) => !FIRST.includes(icon), "");
