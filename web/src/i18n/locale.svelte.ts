/** The language the person chose, and the few verbs compiled messages need. Changing it changes every word at once. */

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

/** Change the language of the whole page. */
export function speak(to: Locale): void {
  state.locale = to;
  if (typeof document !== "undefined") {
    document.documentElement.lang = to;
    document.documentElement.dir = "ltr";
  }
}

/** A catalogue that answers in the language chosen at the moment of reading. */
export function spoken<Words extends object>(by: Record<Locale, Words>): Words {
  return new Proxy(by.en, { get: (_, key) => by[state.locale][key as keyof Words] });
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
