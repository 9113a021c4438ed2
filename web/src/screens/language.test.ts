import { beforeEach, expect, it, vi } from "vitest";

import { keepLanguage, languageToSpeak } from "./language.ts";

const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
});

it("tells one choice after the other, and of those that wait only the last", async () => {
  const told: string[] = [];
  let answer = (): void => undefined;
  const first = new Promise<void>((done) => (answer = done));
  const tell = async (language: string): Promise<void> => {
    told.push(language);
    if (told.length === 1) await first;
  };
  void keepLanguage("en", tell);
  await Promise.resolve();
  void keepLanguage("es", tell);
  void keepLanguage("en", tell);
  const last = keepLanguage("es", tell);
  expect(told).toEqual(["en"]);
  answer();
  await last;
  expect(told.at(-1)).toBe("es");
  expect(told.filter((one) => one === "en")).toHaveLength(1);
  expect(languageToSpeak("en", tell)).toBe("en");
});

it("speaks what the server has not heard of, and tells it again", async () => {
  await keepLanguage("es", () => Promise.reject(new Error("the page went away")));
  const told: string[] = [];
  const tell = (language: string): Promise<void> => Promise.resolve(void told.push(language));
  expect(languageToSpeak("en", tell)).toBe("es");
  await keepLanguage("es", tell);
  expect(told[0]).toBe("es");
  expect(languageToSpeak("en", tell)).toBe("en");
});
