/** Removing with a way back. */

import { planWords } from "../../i18n/gen/plan.ts";
import { uiWords } from "../../i18n/gen/ui.ts";
import type { PlanDocument, Removed } from "../../live/plan/cards.ts";
import { dismissToast, toast } from "../../ui/toast.svelte.ts";
import type { PlanLive } from "../live.ts";

/** Removes, and offers to bring exactly that back for as long as the offer stands and this document may be written. */
export function removeWithUndo(plan: PlanLive, document: PlanDocument, remove: () => Removed): void {
  const removed = remove();
  const ends: (() => void)[] = [() => removed.forget()];
  toast({
    text: planWords.removed,
    word: uiWords.undo,
    act: () => removed.restore(),
    gone: () => ends.forEach((end) => end()),
  });
  const check = (): void => {
    if (plan.document.value !== document || !plan.state.value.may_write) dismissToast();
  };
  ends.push(plan.document.subscribe(check), plan.state.subscribe(check));
}
