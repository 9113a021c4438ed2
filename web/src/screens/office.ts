/** What the page the server rendered says about the office: a person's phone number, and where a quick exit leads. */

import { api } from "../live/api.ts";

export interface Office {
  readonly phone: string;
  readonly exit_url: string;
}

const NEUTRAL = "https://www.weather.gov/";
let office: Office = { phone: "", exit_url: NEUTRAL };

/** Reads `data-phone` and `data-exit` of the element the app mounts in. */
export function readOffice(element: HTMLElement): void {
  office = { phone: element.dataset.phone ?? "", exit_url: element.dataset.exit ?? NEUTRAL };
}

export function theOffice(): Office {
  return office;
}

/** Away from here at once: nothing on the screen, nothing kept on the device, and Back does not return. */
export function leaveFast(): void {
  document.body.replaceChildren();
  sessionStorage.clear();
  void api.joinLeave().catch(() => undefined);
  location.replace(office.exit_url);
}

/** "tel:" address of a written number. */
export function dial(phone: string): string {
  return `tel:${phone.replace(/[^\d+]/g, "")}`;
}
