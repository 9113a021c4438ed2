import { expect, it } from "vitest";

import { dial, leaveFast, type Page, readOffice } from "./office.ts";

const away = "https://weather.example/";

function watched(failing = ""): { done: string[]; live: Parameters<typeof leaveFast>[0]; page: Page } {
  const done: string[] = [];
  const act = (name: string) => (address?: string) => {
    done.push(address ? `${name} ${address}` : name);
    if (name === failing) throw new Error("no storage in this browser");
  };
  readOffice({ dataset: { phone: "555-0100", exit: away } } as unknown as HTMLElement);
  const live = { devices: { close: act("camera off") }, leave: act("leave") } as unknown as Parameters<typeof leaveFast>[0];
  return {
    done,
    live,
    page: { blank: act("blank"), forget: act("forget"), endSession: act("end session"), replace: act("replace") },
  };
}

it("gets away in one go: camera first, then the page, then the address, without a way back", () => {
  const { done, live, page } = watched();
  leaveFast(live, page);
  expect(done).toEqual(["camera off", "blank", "end session", "leave", "forget", `replace ${away}`]);
});

it.each(["camera off", "end session", "leave", "forget"])("gets away although this fails: %s", (failing) => {
  const { done, live, page } = watched(failing);
  leaveFast(live, page);
  expect(done.at(-1)).toBe(`replace ${away}`);
});

it("dials the number as written", () => {
  expect(dial("(555) 010-0100")).toBe("tel:5550100100");
});
