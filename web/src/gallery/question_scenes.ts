/** Questions that end in nothing, meetings that stop, people of one name, and texts and times that cannot be kept. */

import { LONGEST_WORDS } from "../live/letters.ts";
import type { PersonEntity, ProposalEntity } from "../live/protocol.gen.ts";
import After from "../screens/after/After.svelte";
import Room from "../screens/room/Room.svelte";
import Record from "../screens/staff/Record.svelte";
import Schedule from "../screens/staff/Schedule.svelte";
import { instantsAt } from "../screens/staff/wall_time.ts";
import { adjourned_record, attendance } from "./filed.ts";
import { inTurn, pressOnce, show, write } from "./presses.ts";
import type { Scene } from "./scenes.ts";
import type { Make } from "./staff_scenes.ts";
import StaffFrame from "./StaffFrame.svelte";
import { ANSWERED, at, DISSENT, people, proposal, seenBy } from "./story.ts";

const SETTLE = /^(Close the answers|Cerrar las respuestas)/;
const END = /^(End|Terminar)/;
const DECISION = /^(Decision|Decisión)/;
const TAKE_BACK = /^(Take it back|Retirarla)/;
const OTHER_WORDS = "Dana calls the landlord with Priya";

/** Nobody asked Ruth: she sits beside Dana, without a device. */
const unasked = proposal(
  { ...ANSWERED, ruth: undefined },
  { unanswered: ["dana", "alex"], not_asked: ["ruth"] },
);
const ended = (change: Partial<ProposalEntity>) => proposal(DISSENT, { state: "settled", outcome: "not_reached", settled_at: at(-1), ...change });
const other = proposal(ANSWERED, { proposal_id: "p2", text: OTHER_WORDS, by: "sam", answers_question: false });
const older = ended({ is_undecided: true });
const withdrawn = ended({
  proposal_id: "p2",
  text: OTHER_WORDS,
  answers_question: false,
  state: "withdrawn",
  outcome: null,
  withdrawal: { by: "sam", reason: "Dana has called already.", at: at(-1) },
});

/** Lee and his father have one name. */
function oneName(): PersonEntity[] {
  const told = { marks: ["relation" as const], number: 0, shares_first: true };
  const named = people.map((one) => (one.participant_id === "lee" ? { ...one, name: "José Rivera", told } : one));
  return named.map((one) => (one.participant_id === "morgan" ? { ...one, name: "José Rivera", role: "parent" as const, relation: "Dad", is_family: true, told } : one));
}

/** As a person sees it, where two are called José Rivera. */
function twins(id: string, change: Parameters<typeof seenBy>[1]) {
  const all = oneName();
  return seenBy(id, { people: all, person: new Map(all.map((one) => [one.participant_id, one])), ...change });
}

/** The next hour of Chicago's clock that is skipped (0 instants) or comes twice (2). */
function oddHour(instants: 0 | 2): string {
  const days = Array.from({ length: 365 }, (_, day) => at(day * 1440).slice(0, 10));
  const hour = instants ? "T01:30" : "T02:30";
  return days.map((day) => day + hour).find((wall) => instantsAt(wall, "America/Chicago").length === instants) ?? "";
}

/** Opens the page translated: the words that are answered stay, their translation stands below. */
function translate(): void {
  document.documentElement.classList.add("translated-ltr");
  pressOnce(DECISION);
}

export function questionScenes(make: Make): globalThis.Record<string, () => Scene> {
  const staff = (made: () => Scene) => (): Scene => ({ ...made(), staff: true });
  const room = (view: ReturnType<typeof seenBy>, then?: Scene["then"]) => staff(make(Room, { family: false, home: "/app" }, { view }, then));
  const family = (view: ReturnType<typeof seenBy>, then?: Scene["then"]) => make(Room, {}, { view }, then);
  const schedule = (local_at: string) =>
    staff(
      make(
        StaffFrame,
        { page: Schedule, props: { cases: [{ case_id: "c1", family_name: "Rivera" }], staff: [], case_id: "c1", home_zone: "America/Chicago", onmade: () => undefined } },
        {},
        () => write(local_at, "input[type=datetime-local]"),
      ),
    );
  const closing = { stage_now: 6, attendance, meeting_is: { plan_frozen_sha256: "3b7e0c52".repeat(8) } };
  const deciding = { stage_now: 5 };
  return {
    "family-translated": family(seenBy("dana", { ...deciding, proposals: [proposal(ANSWERED)] }), translate),
    "family-too-long": family(
      seenBy("dana", { ...deciding, proposals: [proposal(ANSWERED)] }),
      inTurn(
        () => pressOnce(DECISION),
        () => document.querySelector<HTMLElement>("label.a-cannot_support")?.click(),
        () => write("Every evening I am home. ".repeat(LONGEST_WORDS / 25 + 1)),
        () => show("textarea[aria-invalid=true]"),
      ),
    ),
    "family-withdrawn": family(seenBy("dana", { ...deciding, proposals: [older, withdrawn] }), () => pressOnce(DECISION)),
    "family-one-name": family(twins("dana", { ...deciding, proposals: [ended({})] }), () => pressOnce(DECISION)),
    "family-after-adjourned": make(After, { onleave: () => undefined }, {
      view: seenBy("dana", { meeting_is: { phase: "adjourned", adjourn_reason: "The school could not join today." }, proposals: [older, other] }),
    }),
    "staff-record-adjourned": staff(make(StaffFrame, { page: Record, props: { record: adjourned_record } })),
    "staff-schedule-twice": schedule(oddHour(2)),
    "staff-schedule-skipped": schedule(oddHour(0)),
    "staff-schedule-past": schedule("2020-01-01T10:00"),
    "room-step-past": room(seenBy("sam"), inTurn(() => write("0026-12-01", "input[type=date]"), () => show(".step:last-child"))),
    "family-step-past": family(
      seenBy("dana"),
      inTurn(
        () => write("0026-12-01", "input[type=date]"),
        () => show(".step:last-child"),
      ),
    ),
    "family-field-too-long": family(seenBy("dana"), inTurn(() => write("Every evening I am home. ".repeat(200)), () => show("[aria-invalid=true]"))),
    "room-composer": room(seenBy("sam", deciding), inTurn(() => pressOnce(DECISION), () => write(OTHER_WORDS))),
    "room-composer-too-long": room(seenBy("sam", deciding), inTurn(() => pressOnce(DECISION), () => write(OTHER_WORDS.repeat(80)))),
    "room-amend": room(seenBy("sam", { ...deciding, proposals: [proposal(ANSWERED)] }), inTurn(() => pressOnce(DECISION), () => pressOnce(/^(Change wording|Cambiar la redacción)/), () => show(".dec form"))),
    "room-take-back": room(seenBy("sam", { ...deciding, proposals: [older, other] }), inTurn(() => pressOnce(DECISION), () => pressOnce(TAKE_BACK), () => show(".dec form"))),
    "room-older-undecided": room(seenBy("sam", { ...deciding, proposals: [older, withdrawn] }), () => pressOnce(DECISION)),
    "room-settle-not-asked": room(seenBy("sam", { ...deciding, proposals: [unasked] }), inTurn(() => pressOnce(DECISION), () => pressOnce(SETTLE))),
    "room-closing-not-asked": room(
      seenBy("sam", { ...closing, proposals: [ended({ not_asked: ["ruth"] }), other] }),
      inTurn(
        () => pressOnce(END),
        () => show("fieldset.ways"),
      ),
    ),
    "room-adjourn": room(
      seenBy("sam", { ...closing, proposals: [older] }),
      inTurn(
        () => pressOnce(END),
        () => document.querySelector<HTMLElement>("input[value=adjourned]")?.click(),
        () => show("fieldset.ways"),
      ),
    ),
    "room-one-name": room(
      twins("sam", {
        ...deciding,
        proposals: [ended({ is_undecided: true })],
        waiting: [{ entity: "waiting", participant_id: "morgan", device_id: "d9", name: "José Rivera", role: "parent", relation: "Dad", since: at(-2), second_device: false, order: 0 }],
      }),
    ),
  };
}
