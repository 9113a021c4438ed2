/** Asks the meeting for something and says in words when it did not go through. */

import { ApiError } from "../live/api.ts";
import { Refusal } from "../live/meeting.ts";
import type { PersonCommand } from "../live/protocol.gen.ts";
import { uiWords } from "../i18n/gen/ui.ts";
import { worded } from "../i18n/locale.svelte.ts";
import { patiently } from "../live/lazy.ts";
import { toast } from "../ui/toast.svelte.ts";
import type { Live } from "./live.ts";

/** True once durable; false when refused, after the person was told. */
export async function ask(live: Live, command: PersonCommand): Promise<boolean> {
  try {
    await live.meeting.do(command);
    return true;
  } catch (refusal) {
    toast({ text: await sentenceOf(refusal) });
    return false;
  }
}

/** A refusal as a sentence in the reader's language. Its words are fetched when the first refusal comes. */
export async function sentenceOf(refusal: unknown): Promise<string> {
  if (!(refusal instanceof Refusal || refusal instanceof ApiError)) return uiWords.went_wrong;
  if (refusal.code === "link.lost" || refusal.code === "network.unreachable") return uiWords.link_lost;
  const { refusalWords } = await worded(patiently(() => import("../i18n/gen/refusal.ts")));
  return refusalWords.why({ code: refusal.code.replace(".", "_") }) || uiWords.went_wrong;
}
