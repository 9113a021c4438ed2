/** The language the person chose, and the few verbs compiled messages need. Changing it changes every word at once. */

import { patiently } from "../live/lazy.ts";

export type Locale = "en" | "es";

const LOCALES: readonly Locale[] = ["en", "es"];
const state = $state<{ locale: Locale }>({ locale: "en" });

/** The language now; reading it in a template makes the template follow. */
export function locale(): Locale {
  return state.locale;
}

/** The nearest language we speak to a BCP 47 tag. */
export function nearest(tag: string | null | undefined): Locale {
  const base = (tag ?? "").toLowerCase().split("-")[0];
  return LOCALES.find((each) => each === base) ?? "en";
}

/** Change the language of the whole page, as soon as all its words are here. */
export async function speak(to: Locale): Promise<void> {
  await wordsReady(to);
  state.locale = to;
  if (typeof document !== "undefined") {
    document.documentElement.lang = to;
    document.documentElement.dir = "ltr";
  }
}

const wanted = new Set<(to: Locale) => Promise<void>>();

/** Fetches the words of every group imported so far. Await it before showing a screen that was loaded lazily. */
export async function wordsReady(to: Locale = state.locale): Promise<void> {
  await Promise.all([...wanted].map((fetch) => fetch(to)));
}

/** A screen loaded lazily, once its words are here too. */
export async function worded<Module>(coming: Promise<Module>): Promise<Module> {
  const module = await coming;
  await wordsReady();
  return module;
}

/** A catalogue that answers in the language chosen at the moment of reading; words are fetched one language at a time. */
export function spoken<Words extends object>(load: Record<Locale, () => Promise<{ default: Words }>>): Words {
  const tables: Partial<Record<Locale, Words>> = {};
  wanted.add(async (to) => {
    tables[to] ??= (await patiently(load[to])).default;
  });
  return new Proxy({} as Words, {
    get(_, key) {
      const words: unknown = tables[state.locale]?.[key as keyof Words];
      if (typeof words !== "function") return words;
      return (values: object) => words(Object.fromEntries(Object.entries(values).map(([name, one]) => [name, isolated(one)])));
    },
  });
}

/** A number as the language writes it. */
export function number(value: number): string {
  return new Intl.NumberFormat(state.locale).format(value);
}

/** The case of an ICU plural: an exact `=n` first, then the language's own category. */
export function plural(value: number, cases: Record<string, string>): string {
  const category = new Intl.PluralRules(state.locale).select(value);
  return cases[`=${value}`] ?? cases[category] ?? cases["other"] ?? "";
}

/** The case of an ICU select. */
export function select(value: string | number, cases: Record<string, string>): string {
  return cases[String(value)] ?? cases["other"] ?? "";
}

/** A value inside our sentence: what somebody wrote from right to left stands by itself. */
export function isolated<Value>(value: Value): Value | string {
  return /[\u0590-\u08ff\ufb1d-\ufefc]/.test(`${value}`) ? `\u2068${value}\u2069` : value;
}
