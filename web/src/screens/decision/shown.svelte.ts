/** Answers to words go with the hash of these words as they stand on the page at the tap, not as the store holds them. */

import type { PersonCommand } from "../../live/protocol.gen.ts";
import { ask } from "../ask.ts";
import type { Live } from "../live.ts";

export const WORDS_ID = "proposal-text";
const words = $state({ drawn: 0 });

/** How often the words had to be drawn again; who shows them makes them anew with it. */
export function drawn(): number {
  return words.drawn;
}

/** True once durable. When refused the words are drawn anew and looked at: they may have been others. */
export async function askShown(live: Live, command: (text_sha256: string) => PersonCommand): Promise<boolean> {
  const shown = document.getElementById(WORDS_ID)?.textContent ?? "";
  if (await ask(live, command(await sha256(shown)))) return true;
  words.drawn += 1;
  return false;
}

/** As the server hashes the words it keeps: UTF-8, nothing trimmed or folded. In hex. */
async function sha256(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
