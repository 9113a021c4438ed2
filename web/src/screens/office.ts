/** What the page the server rendered says about the office: a person's phone number, and where a quick exit leads. */

import { api } from "../live/api.ts";
import type { Live } from "./live.ts";

export interface Office {
  readonly phone: string;
  readonly exit_url: string;
}

/** Where no page is set: an empty one, which is nobody's. */
const NEUTRAL = "about:blank";
let office: Office = { phone: "", exit_url: NEUTRAL };

/** Reads `data-phone` and `data-exit` of the element the app mounts in. */
export function readOffice(element: HTMLElement): void {
  office = { phone: element.dataset.phone ?? "", exit_url: element.dataset.exit ?? NEUTRAL };
}

export function theOffice(): Office {
  return office;
}

/** What a quick exit does to the page; the browser's own unless a test watches. */
export interface Page {
  blank(): void;
  forget(): void;
  endSession(): void;
  replace(address: string): void;
}

const BROWSER: Page = {
  blank: () => document.body.replaceChildren(),
  forget: () => sessionStorage.clear(),
  endSession: () => void api.joinLeave().catch(() => undefined),
  replace: (address) => location.replace(address),
};

/**
 * Away from here at once, in one go without waiting for anything: camera and microphone stop, nothing is on the screen,
 * nothing stays on the device, the session ends (its request outlives the page), and Back does not return.
 */
export function leaveFast(live: Pick<Live, "leave" | "devices">, page: Page = BROWSER): void {
  const steps = [
    () => live.devices.close(),
    () => page.blank(),
    () => page.endSession(),
    () => live.leave(),
    () => page.forget(),
    () => page.replace(office.exit_url),
  ];
  for (const step of steps) evenIfItFails(step);
}

/** No trouble with one step may keep the person here. */
function evenIfItFails(step: () => void): void {
  try {
    step();
  } catch (error) {
    console.warn("quick exit", error instanceof Error ? error.name : "");
  }
}

/** "tel:" address of a written number. */
export function dial(phone: string): string {
  return `tel:${phone.replace(/[^\d+]/g, "")}`;
}
