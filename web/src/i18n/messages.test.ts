import { beforeEach, describe, expect, it } from "vitest";

import { argumentTypes, expression, parse } from "../../scripts/icu.mjs";
import { calendarDay, clockTime, firstName, list, until } from "./format.ts";
import { decideWords } from "./gen/decide.ts";
import { joinWords } from "./gen/join.ts";
import { planWords } from "./gen/plan.ts";
import { runWords } from "./gen/run.ts";
import { nearest, speak } from "./locale.svelte.ts";

beforeEach(() => speak("en"));

describe("the message compiler", () => {
  it("refuses what it does not know, so that a slip fails the build", () => {
    expect(() => parse("{n, number}")).toThrow("not known");
    expect(() => parse("{n, plural, one {#}}")).toThrow("other");
    expect(() => parse("{n, plural, some {#} other {#}}")).toThrow("plural case");
    expect(() => parse("Hi {name")).toThrow("missing");
    expect(() => parse("Hi }")).toThrow("too many");
  });

  it("knows every argument, also those inside cases", () => {
    const types = argumentTypes(parse("{count, plural, one {{names} has} other {{names} have}}"));
    expect([...types]).toEqual([
      ["count", "number"],
      ["names", "string | number"],
    ]);
  });

  it("writes words without arguments as plain strings and escapes the rest", () => {
    expect(expression(parse("Hi"))).toBe('"Hi"');
    expect(expression(parse("`$ {name}"))).toBe("`\\`\\$ ${a.name}`");
  });
});

describe("words", () => {
  it("change with the language", async () => {
    expect(joinWords.join).toBe("Join the meeting");
    await speak("es");
    expect(joinWords.join).toBe("Entrar a la reunión");
  });

  it("count as the language counts", async () => {
    expect([0, 1, 2].map((count) => planWords.editing({ count }))).toEqual([
      "No one is writing",
      "1 person is writing",
      "2 people are writing",
    ]);
    await speak("es");
    expect(runWords.settle_missing({ names: "Dana", count: 1 })).toContain("Falta la respuesta de Dana");
  });

  it("fall back to the case for others", () => {
    expect(decideWords.outcome({ outcome: "not_reached" })).toBe("We did not all agree");
  });

  it("choose the nearest language we speak", () => {
    expect([nearest("es-MX"), nearest("EN"), nearest("fr"), nearest(null)]).toEqual(["es", "en", "en", "en"]);
  });
});

describe("times and lists", () => {
  it("tell the time on a clock of twelve hours, in Spanish too", async () => {
    await speak("es");
    expect(clockTime("2026-12-01T20:30:00Z", "America/Chicago").replace(/\s/g, " ")).toMatch(/^2:30 p\.\s?m\.$/);
  });

  it("say how long until, in the unit that fits", () => {
    const now = Date.parse("2026-12-01T15:00:00Z");
    expect(until("2026-12-01T15:08:00Z", now)).toBe("8 minutes");
    expect(until("2026-12-01T19:00:00Z", now)).toBe("4 hours");
    expect(until("2026-12-08T15:00:00Z", now)).toBe("7 days");
    expect(until("2026-12-01T15:00:00Z", now)).toBeNull();
  });

  it("keep a calendar day whatever the zone, and a word as it is", () => {
    expect(calendarDay("2026-12-01")).toBe("Tue, Dec 1, 2026");
    expect(calendarDay("soon")).toBe("soon");
  });

  it("join names as people do and call them by the first", () => {
    expect(list(["Dana", "Ruth", "Lee"])).toBe("Dana, Ruth, and Lee");
    expect(firstName(" Dana Reyes ")).toBe("Dana");
  });
});

it("lets a name written from right to left stand by itself in a sentence", () => {
  expect(decideWords.from({ name: "\u05e8\u05d7\u05dc" })).toBe("Put forward by \u2068\u05e8\u05d7\u05dc\u2069");
  expect(decideWords.from({ name: "Ruth" })).toBe("Put forward by Ruth");
  expect(decideWords.version({ n: 2 })).toBe("wording 2");
});
