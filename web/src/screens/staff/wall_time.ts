/** Wall-clock times of a zone and the instants they name: none in the hour that is skipped, two in the one that repeats. [pure] */

const DAY_MS = 86_400_000;

/** Which of the two, where an hour comes twice; "" until somebody says. */
export type Turn = "" | "first" | "second";

/** A day and time as `<input type="datetime-local">` gives it, read in `time_zone`. */
export interface WallTime {
  local_at: string;
  time_zone: string;
  turn: Turn;
}

/** Every instant a wall-clock time names, ISO 8601 UTC, earliest first. */
export function instantsAt(local_at: string, time_zone: string): string[] {
  const wall = Date.parse(`${local_at}Z`);
  if (Number.isNaN(wall)) return [];
  const offsets = new Set([wall - DAY_MS, wall + DAY_MS].map((at) => offsetMs(at, time_zone)));
  const found = [...offsets].map((offset) => wall - offset).filter((at) => at + offsetMs(at, time_zone) === wall);
  return found.sort((a, b) => a - b).map((at) => new Date(at).toISOString());
}

/** The instant meant; null while there is none, or it is not said which of two. */
export function instantMeant({ local_at, time_zone, turn }: WallTime): string | null {
  const found = instantsAt(local_at, time_zone);
  if (found.length < 2) return found[0] ?? null;
  return { "": null, first: found[0]!, second: found[1]! }[turn];
}

/** The wall-clock time of an instant, to the minute, and which of two it is. */
export function wallTimeOf(at: string, time_zone: string): WallTime {
  const instant = Date.parse(at);
  const local_at = new Date(instant + offsetMs(instant, time_zone)).toISOString().slice(0, 16);
  const found = instantsAt(local_at, time_zone).map((each) => Date.parse(each));
  return { local_at, time_zone, turn: found.length < 2 ? "" : instant - found[0]! < 60_000 ? "first" : "second" };
}

/** For a time that is skipped when the clocks go forward: what they show then. */
export function afterTheSkip(local_at: string, time_zone: string): string {
  const wall = Date.parse(`${local_at}Z`);
  return wallTimeOf(new Date(wall - offsetMs(wall - DAY_MS, time_zone)).toISOString(), time_zone).local_at;
}

export type TimeTrouble = "skipped" | "twice" | "past" | "far";

/** What cannot be right about a time, or has to be said of it; `past_ms` is how long it may be past. */
export function timeTrouble(time: WallTime, now: number, past_ms: number): TimeTrouble | null {
  const found = instantsAt(time.local_at, time.time_zone);
  if (!time.local_at) return null;
  if (found.length === 0) return "skipped";
  const at = Date.parse(found.at(-1)!);
  if (at < now - past_ms) return "past";
  if (at > now + 366 * DAY_MS) return "far";
  return found.length > 1 ? "twice" : null;
}

/** "CST": what the clock of a zone is called at an instant. */
export function zoneName(at: string, time_zone: string, locale: string): string {
  const parts = new Intl.DateTimeFormat(`${locale}-US`, { timeZone: time_zone, timeZoneName: "short" }).formatToParts(Date.parse(at));
  return parts.find((part) => part.type === "timeZoneName")?.value ?? time_zone;
}

/** How far a zone is ahead of UTC at an instant, in ms. */
function offsetMs(at: number, time_zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: time_zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const wall = new Date(0);
  wall.setUTCFullYear(of("year"), of("month") - 1, of("day"));
  wall.setUTCHours(of("hour"), of("minute"), of("second"));
  return wall.getTime() - Math.floor(at / 1000) * 1000;
}
