// Prints what a family's phone and a staff laptop load, gzipped, by stage, and fails when it is over the budget.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, "utf8"));

const KIB = 1024;
// A stage loads its entry, everything that imports statically, and the lazy chunks whose source matches `lazy`.
const WAITING = /i18n\/gen\/(ui|join)\.en\./;
const IN_MEETING = /live\/(plan|media)\/|screens\/(room\/(?!MoreSheet)|plan\/|decision\/)|i18n\/gen\/\w+\.en\./;
const STAGES = [
  { name: "family, to the waiting room", entry: "src/main-join.ts", lazy: WAITING, limit: 45 * KIB },
  { name: "family, in the meeting", entry: "src/main-join.ts", lazy: IN_MEETING, limit: 100 * KIB },
  { name: "staff, everything", entry: "src/main-staff.ts", lazy: /./, limit: 180 * KIB },
];

function closure(key, lazy, files = new Set(), seen = new Set()) {
  if (seen.has(key)) return files;
  seen.add(key);
  const chunk = manifest[key];
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const other of chunk.imports ?? []) closure(other, lazy, files, seen);
  for (const other of chunk.dynamicImports ?? []) {
    if (lazy?.test(other)) closure(other, lazy, files, seen);
  }
  return files;
}

let is_over = false;
for (const { name, entry, lazy, limit } of STAGES) {
  const files = [...closure(entry, lazy)].sort();
  const sizes = files.map((file) => gzipSync(readFileSync(dist + file), { level: 9 }).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const fits = total <= limit;
  is_over ||= !fits;
  console.log(`${fits ? "ok  " : "OVER"} ${name}: ${kib(total)} of ${kib(limit)}`);
  files.forEach((file, index) => console.log(`       ${kib(sizes[index]).padStart(9)}  ${file}`));
}
process.exit(is_over ? 1 : 0);

function kib(bytes) {
  return `${(bytes / KIB).toFixed(1)} KiB`;
}
