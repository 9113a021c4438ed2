/** Asks the meeting for something and says in words when it did not go through. */

import { Refusal } from "../live/meeting.ts";
import type { PersonCommand } from "../live/protocol.gen.ts";
import { uiWords } from "../i18n/gen/ui.ts";
import { toast } from "../ui/toast.svelte.ts";
import type { Live } from "./live.ts";

/** True once durable; false when refused, after the person was told. */
export async function ask(live: Live, command: PersonCommand): Promise<boolean> {
  try {
    await live.meeting.do(command);
    return true;
  } catch (refusal) {
    toast({ text: refusalWords(refusal) });
    return false;
  }
}

/** A refusal as a sentence in the reader's language; the server's own sentence where we have none. */
export function refusalWords(refusal: unknown): string {
  if (!(refusal instanceof Refusal)) return uiWords.went_wrong;
  return uiWords.refusal({ code: refusal.code.replace(".", "_") }) || refusal.text || uiWords.went_wrong;
}
