/** Times, dates and lists in the reader's language. All instants are ISO 8601 strings or epoch milliseconds. */

import { locale } from "./locale.svelte.ts";

type Instant = string | number | Date;

function written(at: Instant, options: Intl.DateTimeFormatOptions): string {
  // As it is written where the agencies are: a clock of twelve hours in both languages.
  return new Intl.DateTimeFormat(`${locale()}-US`, options).format(new Date(at));
}

/** "3:00 PM", in the given IANA zone or the reader's own. */
export function clockTime(at: Instant, zone?: string): string {
  return written(at, { hour: "numeric", minute: "2-digit", ...(zone && { timeZone: zone }) });
}

/** "Tuesday, December 1, 3:00 PM". */
export function dayAndTime(at: Instant, zone?: string): string {
  return written(at, {
    weekday: "long",
    month: "long",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    ...(zone && { timeZone: zone }),
  });
}

/** "Dec 1, 2026" of an instant. */
export function shortDay(at: Instant, zone?: string): string {
  return written(at, { month: "short", day: "numeric", year: "numeric", ...(zone && { timeZone: zone }) });
}

/** "Tue, Dec 1, 2026" of a calendar day `YYYY-MM-DD`, which has no zone. Anything else is given back as it is. */
export function calendarDay(day: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return day;
  return written(`${day}T12:00:00Z`, { weekday: "short", month: "short", day: "numeric", year: "numeric", timeZone: "UTC" });
}

/** "Dana, Ruth and Lee". */
export function list(items: readonly string[]): string {
  return new Intl.ListFormat(locale(), { type: "conjunction" }).format(items);
}

/** "in 8 minutes" without the "in": how long until `at`, in the largest fitting unit, or null when it is past. */
export function until(at: Instant, now: number): string | null {
  const minutes = Math.ceil((new Date(at).getTime() - now) / 60_000);
  if (minutes <= 0) return null;
  const unit = minutes < 90 ? "minute" : minutes < 36 * 60 ? "hour" : "day";
  const size = { minute: 1, hour: 60, day: 24 * 60 }[unit];
  const style = { style: "unit", unit, unitDisplay: "long" } as const;
  return new Intl.NumberFormat(locale(), style).format(Math.round(minutes / size));
}

/** What to call a person to their face: the first word of their name. */
export function firstName(name: string): string {
  return name.trim().split(/\s+/)[0] ?? "";
}

/** The first letter of a name, for a round mark. */
export function initial(name: string): string {
  return [...name.trim()][0]?.toLocaleUpperCase(locale()) ?? "?";
}
