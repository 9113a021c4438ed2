/** Removing with a way back. */

import { planWords } from "../../i18n/gen/plan.ts";
import { uiWords } from "../../i18n/gen/ui.ts";
import type { PlanDocument } from "../../live/plan/cards.ts";
import { toast } from "../../ui/toast.svelte.ts";

/** Removes, and offers to undo exactly that: what was typed afterwards closes the offer, never gets lost by it. */
export function removeWithUndo(document: PlanDocument, remove: () => void): void {
  const { undo } = document;
  undo.stopCapturing();
  remove();
  undo.stopCapturing();
  const step = undo.undoStack.at(-1);
  toast({
    text: planWords.removed,
    word: uiWords.undo,
    act: () => {
      if (undo.undoStack.at(-1) === step) undo.undo();
    },
  });
}
