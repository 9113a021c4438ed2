/** What the plan screen shows: its sections, their looks, and whose carets stand where. [pure] */

import type { CardSection, FieldId } from "../../live/plan/outline.ts";
import type { RemoteCursor } from "../../live/plan/provider.ts";
import type { IconName } from "../../ui/icons.ts";

export interface SectionLook {
  readonly id: CardSection;
  readonly tone: string;
  readonly icon: IconName;
  /** The word for each field; a section of one field shows none. */
  readonly labels: Readonly<Record<string, string>>;
}

/** In the order of the TDM plan. The words for `labels` are cases of `plan.field`. */
export const SECTIONS: readonly SectionLook[] = [
  { id: "strengths", tone: "green", icon: "heart", labels: {} },
  { id: "worries", tone: "amber", icon: "eye", labels: {} },
  {
    id: "safety_plan",
    tone: "teal",
    icon: "shield",
    labels: { threat: "threat", text: "action", who: "who", when: "when", backup: "backup" },
  },
  { id: "placement", tone: "blue", icon: "house", labels: { text: "place_note", note: "note" } },
  {
    id: "family_time",
    tone: "violet",
    icon: "visits",
    labels: { text: "with", frequency: "frequency", place_note: "place_note", supervision: "supervision" },
  },
];

/** Where in a text a caret stands, with the stretch of text before it. */
export interface Caret {
  readonly before: string;
  readonly participant_id: string;
  readonly client_id: number;
}

/** A text cut at the carets in it, for the see-through copy that carries the names. */
export function carets(text: string, cursors: readonly RemoteCursor[]): { carets: Caret[]; rest: string } {
  const sorted = [...cursors].sort((a, b) => a.head - b.head);
  let at = 0;
  const found = sorted.map((cursor) => {
    const to = Math.min(text.length, Math.max(at, cursor.head));
    const before = text.slice(at, to);
    at = to;
    return { before, participant_id: cursor.participant_id, client_id: cursor.client_id };
  });
  return { carets: found, rest: text.slice(at) };
}

/** Who writes in a part of the plan: participants, each once, without oneself. */
export function writers(cursors: readonly RemoteCursor[], root: string, me: string | null): string[] {
  const here = cursors.filter((cursor) => within(cursor.field, root) && cursor.participant_id !== me);
  return [...new Set(here.map((cursor) => cursor.participant_id))];
}

function within(field: FieldId, root: string): boolean {
  return root === "" || field === root || field.startsWith(`${root}/`);
}

/** A short quote of a text for a button's name. */
export function quote(text: string, most = 40): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
