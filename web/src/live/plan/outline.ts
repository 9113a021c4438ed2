/**
 * The Yjs roots of a plan of the TDM template: the same outline as realtime/plan/outline.py.
 * A card section is a Y.Map of id → Y.Map {order, by, <fields>: Y.Text}.
 */
export const TEXT_ROOTS = { decision_question: "text:decision_question" } as const;

export const CARD_FIELDS = {
  strengths: ["text"],
  worries: ["text"],
  safety_plan: ["threat", "text", "who", "when", "backup"],
  placement: ["text", "note"],
  family_time: ["text", "frequency", "place_note", "supervision"],
} as const;

export const STEPS_ROOT = "steps";
export const OWN_WORDS_PREFIX = "words:";

export type TextSection = keyof typeof TEXT_ROOTS;
export type CardSection = keyof typeof CARD_FIELDS;
export const CARD_SECTIONS = Object.keys(CARD_FIELDS) as CardSection[];

/** Names one text: "<root>" or "<root>/<card or step id>/<field>". Also the `field` of a cursor. */
export type FieldId = string;

export function cardsRoot(section: CardSection): string {
  return `cards:${section}`;
}

export function ownWordsRoot(participant_id: string): string {
  return `${OWN_WORDS_PREFIX}${participant_id}`;
}

export function cardField(section: CardSection, card_id: string, field: string): FieldId {
  return `${cardsRoot(section)}/${card_id}/${field}`;
}

export function stepField(step_id: string): FieldId {
  return `${STEPS_ROOT}/${step_id}/what`;
}
