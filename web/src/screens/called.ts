/** Names, so that two people of one name are told apart [M15]. The server says by what; the words are the reader's. */

import { firstName } from "../i18n/format.ts";
import { uiWords } from "../i18n/gen/ui.ts";
import type { PersonEntity, ToldApart } from "../live/protocol.gen.ts";

export interface Named {
  readonly name: string;
  readonly role?: string | null;
  readonly relation?: string;
  /** Missing in records of before. */
  readonly told?: ToldApart;
}

/** "Dana Reyes", or where another is called so, "José Rivera (Dad)". "" for nobody. */
export function called(person: Named | null | undefined): string {
  if (!person) return "";
  const { marks = [], number = 0 } = person.told ?? {};
  const words = marks.map((mark) => (mark === "relation" ? person.relation : uiWords.role({ role: person.role ?? "" })));
  return `${person.name}${words.length ? ` (${words.join(", ")})` : ""}${number ? ` ${number}` : ""}`;
}

/** The first name, told apart as the whole is: "José (Dad)". The whole name where it alone tells. */
export function calledShort(person: PersonEntity | null | undefined): string {
  if (!person) return "";
  const { marks, shares_first } = person.told;
  return shares_first && !marks.length ? person.name : called({ ...person, name: firstName(person.name) });
}
