/**
 * Compiles `i18n/<locale>.json` to typed functions in `src/i18n/gen/<group>.<locale>.ts`, one group for each first word of
 * the keys. A phone never fetches the words of a language it does not speak.
 *
 * Fails when a key is missing in a language, when the languages disagree on a message's arguments, when a screen uses
 * a key that does not exist, and when a key is used nowhere.
 */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { argumentTypes, expression, parse } from "./icu.mjs";

const WEB = dirname(dirname(fileURLToPath(import.meta.url)));
const LOCALES = ["en", "es"];
/** @param {string} locale @returns {Record<string, string>} */
function catalogue(locale) {
  return JSON.parse(readFileSync(join(WEB, "i18n", `${locale}.json`), "utf8"));
}

/** @param {Record<string, Record<string, string>>} words @returns {string[]} */
function disagreements(words) {
  const wrong = [];
  const keys = new Set(LOCALES.flatMap((locale) => Object.keys(words[locale])));
  for (const key of keys) {
    const absent = LOCALES.filter((locale) => !(key in words[locale]));
    if (absent.length) wrong.push(`${key}: missing in ${absent.join(", ")}`);
    else {
      const names = LOCALES.map((locale) => [...argumentTypes(parse(words[locale][key])).keys()].sort().join());
      if (new Set(names).size > 1) wrong.push(`${key}: arguments differ (${names.join(" / ")})`);
    }
  }
  return wrong;
}

/** @returns {string[]} every source file outside the generated folder */
function sources(folder = join(WEB, "src")) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "gen" ? [] : sources(path);
    return /\.(svelte|ts)$/.test(entry.name) && !/\.test\.ts$/.test(entry.name) ? [path] : [];
  });
}

/** @param {string[]} keys @returns {string[]} */
function misuse(keys) {
  const groups = [...new Set(keys.map((key) => key.split(".")[0]))];
  const used = new Set();
  const wrong = [];
  for (const path of sources()) {
    const text = readFileSync(path, "utf8");
    for (const group of groups) {
      if (!text.includes(`i18n/gen/${group}`)) continue;
      for (const [, name] of text.matchAll(new RegExp(`(?<![\\w.])${group}Words\\.(\\w+)`, "g"))) {
        used.add(`${group}.${name}`);
        if (!keys.includes(`${group}.${name}`)) wrong.push(`${path}: ${group}.${name} does not exist`);
      }
    }
  }
  return [...wrong, ...keys.filter((key) => !used.has(key)).map((key) => `${key}: used nowhere`)];
}

/** A module that fetches the group's words in the language spoken, and writes one module a language beside it. */
function module(group, words) {
  const keys = Object.keys(words.en).filter((key) => key.startsWith(`${group}.`));
  const table = (/** @type {string} */ locale) =>
    keys.map((key) => {
      const types = [...argumentTypes(parse(words.en[key]))].map(([name, type]) => `${name}: ${type}`);
      const value = expression(parse(words[locale][key]));
      return `  ${key.slice(group.length + 1)}: ${types.length ? `(a: { ${types.join("; ")} }) => ` : ""}${value},`;
    });
  for (const locale of LOCALES) {
    const body = table(locale).join("\n");
    const uses = ["number", "plural", "select"].filter((name) => body.includes(`${name}(a.`));
    const imports = uses.length ? `import { ${uses.join(", ")} } from "../locale.svelte.ts";\n` : "";
    const shape = locale === "en" ? "" : ` satisfies typeof import("./${group}.en.ts").default`;
    const path = join(out, `${group}.${locale}.ts`);
    writeFileSync(path, `// Made by scripts/messages.mjs. Do not edit.\n${imports}\nexport default {\n${body}\n}${shape};\n`);
  }
  const loads = LOCALES.map((locale) => `${locale}: () => import("./${group}.${locale}.ts")`).join(", ");
  return `// Made by scripts/messages.mjs from i18n/*.json. Do not edit.
import { spoken } from "../locale.svelte.ts";
import type words from "./${group}.en.ts";

/** The words of "${group}" in the language chosen now, once \`wordsReady\` has resolved. */
export const ${group}Words = spoken<typeof words>({ ${loads} });
`;
}

const out = join(WEB, "src", "i18n", "gen");
const words = Object.fromEntries(LOCALES.map((locale) => [locale, catalogue(locale)]));
const wrong = disagreements(words);
if (!wrong.length && !process.argv.includes("--no-usage")) wrong.push(...misuse(Object.keys(words.en)));
if (wrong.length) {
  console.error(wrong.join("\n"));
  process.exit(1);
}
mkdirSync(out, { recursive: true });
for (const group of new Set(Object.keys(words.en).map((key) => key.split(".")[0]))) {
  writeFileSync(join(out, `${group}.ts`), module(group, words));
}
