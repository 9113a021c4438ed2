/** The language a person chose, told to the server: one choice after the other, the last one wins, and again after a
 *  page that went away before the server had answered. */

import { type Locale, nearest } from "../i18n/locale.svelte.ts";

type Tell = (language: Locale) => Promise<unknown>;

const UNTOLD = "language";
let turn: Promise<unknown> = Promise.resolve();

/** Tell the server, once earlier choices are told. Never rejects: what did not go through is told by the next page. */
export function keepLanguage(to: Locale, tell: Tell): Promise<unknown> {
  sessionStorage.setItem(UNTOLD, to);
  turn = turn.then(async () => {
    if (sessionStorage.getItem(UNTOLD) !== to) return;
    await tell(to);
    if (sessionStorage.getItem(UNTOLD) === to) sessionStorage.removeItem(UNTOLD);
  }).catch(() => undefined);
  return turn;
}

/** What to speak on a page just opened: the choice the server has not heard of (told now), else what it holds. */
export function languageToSpeak(held: string, tell: Tell): Locale {
  const untold = sessionStorage.getItem(UNTOLD);
  if (untold === null) return nearest(held);
  void keepLanguage(nearest(untold), tell);
  return nearest(untold);
}
