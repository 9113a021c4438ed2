/** Staff screens of the gallery. */

import type { MeetingLine } from "../live/api.ts";
import type { ProposalEntity, WaitingEntity } from "../live/protocol.gen.ts";
import Room from "../screens/room/Room.svelte";
import Case from "../screens/staff/Case.svelte";
import Cases from "../screens/staff/Cases.svelte";
import Home from "../screens/staff/Home.svelte";
import Links from "../screens/staff/Links.svelte";
import PeopleLinks from "../screens/staff/PeopleLinks.svelte";
import Record from "../screens/staff/Record.svelte";
import Schedule from "../screens/staff/Schedule.svelte";
import SignIn from "../screens/staff/SignIn.svelte";
import StaffMeeting from "../screens/staff/StaffMeeting.svelte";
import Unset from "../screens/staff/Unset.svelte";
import type { FakeOptions } from "./fake_live.ts";
import { attendance, record } from "./filed.ts";
import { pressOnce } from "./presses.ts";
import { questionScenes } from "./question_scenes.ts";
import type { Scene } from "./scenes.ts";
import StaffFrame from "./StaffFrame.svelte";
import { ANSWERED, at, DISSENT, leaderless, people, proposal, seenBy } from "./story.ts";

export type Make = (screen: unknown, props: globalThis.Record<string, unknown>, options?: Partial<FakeOptions>, then?: Scene["then"]) => () => Scene;
type Settled = (answers: typeof ANSWERED, outcome: "reached_with_reservations" | "not_reached", agency?: boolean) => ProposalEntity;

const line = (meeting_id: string, phase: MeetingLine["phase"], minutes: number, waiting = 0, family_name = "Rivera"): MeetingLine => ({
  meeting_id,
  family_name,
  scheduled_at: at(minutes),
  moved_from: null,
  time_zone: "America/Chicago",
  phase,
  practice: "tdm",
  my_role: "facilitator",
  case_id: "c1",
  waiting,
});
const meetings = [line("m1", "in_session", -40, 1), line("m2", "planned", 90, 2, "Okafor"), line("m3", "closed", -9000)];
const cases = [
  { case_id: "c1", family_name: "Rivera" },
  { case_id: "c2", family_name: "Okafor" },
];

const without = (id: string) => new Map([...seenBy("sam").presence].filter(([one]) => one !== id));

const waiting: WaitingEntity[] = [
  { entity: "waiting", participant_id: "dana", device_id: "d1", name: "Dana", role: "parent", relation: "Mom", since: at(-6), second_device: false, order: 0 },
  { entity: "waiting", participant_id: "ruth", device_id: "d2", name: "Ruth", role: "kin", relation: "Grandma", since: at(-3), second_device: true, order: 1 },
  { entity: "waiting", participant_id: "morgan", device_id: "d3", name: "Morgan", role: "provider", relation: "", since: at(-2), second_device: false, order: 2 },
];

const press = (text: RegExp) => (): void =>
  [...document.querySelectorAll<HTMLElement>("button, [role=tab]")].find((one) => text.test(one.innerText))?.click();

export function staffScenes(make: Make, settled: Settled): globalThis.Record<string, () => Scene> {
  const staff = (made: () => Scene) => (): Scene => ({ ...made(), staff: true });
  const page = (screen: unknown, props: globalThis.Record<string, unknown>) => staff(make(StaffFrame, { page: screen, props }));
  const room = (options: Partial<FakeOptions>, then?: () => void) => staff(make(Room, { family: false, home: "/app" }, options, then));
  const detail = { case_id: "c1", family_name: "Rivera", children: [{ name: "Lee" }, { name: "Mia" }], worker: { staff_id: "p", name: "Priya", role: "caseworker" }, supervisor: { staff_id: "a", name: "Alex", role: "supervisor" } };
  const records = [{ record_id: "r1", meeting_id: "m3", written_at: at(-8900), outcome: "not_reached", sha256: "" }];
  const open = { stage_now: 5, proposals: [proposal(ANSWERED)] };
  const links = people.slice(0, 3).map((one) => ({ participant_id: one.participant_id, name: one.name, role: one.role, relation: one.relation, told: one.told, url: `https://hearth.example/j#${"k7Qz".repeat(10)}abc` }));
  const invited = people.map((one, index) => ({ ...one, staff_id: one.is_family || index === 1 ? null : one.participant_id, language: "en", removed: false, has_link: index !== 1 }));
  return {
    ...questionScenes(make),
    "staff-sign-in": staff(make(SignIn, { onsignedin: () => undefined })),
    "staff-home": page(Home, { meetings, name: "Sam" }),
    "staff-home-empty": page(Home, { meetings: [], name: "Sam" }),
    "staff-cases": page(Cases, { cases }),
    "staff-case": page(Case, { detail: { ...detail, meetings, records } }),
    "staff-case-empty": page(Case, { detail: { ...detail, meetings: [], records: [] } }),
    "staff-record": page(Record, { record }),
    "staff-record-letters": page(Record, { record: { ...record, unprintable: ["U+13E3", "U+13B3", "U+13A9"] } }),
    "staff-schedule": page(Schedule, { cases, staff: people.slice(3, 6).map((one) => ({ staff_id: one.participant_id, ...one })), case_id: "c1", home_zone: "America/Chicago", onmade: () => undefined }),
    "staff-schedule-unset": page(Unset, { line: "HEARTH_OFFICE_PHONE=<the number families call> HEARTH_QUICK_EXIT_URL=<https address of a dull page> HEARTH_TIME_ZONE=<time zone, such as UTC>" }),
    "staff-links": page(Links, { meeting_id: "m1", links }),
    "staff-people-links": page(PeopleLinks, { detail: { ...line("m2", "planned", 90), participants: invited } }),
    "staff-move": staff(make(StaffFrame, { page: PeopleLinks, props: { detail: { ...line("m2", "planned", 90), moved_from: at(-1350), participants: invited } } }, {}, press(/^(Change the time|Cambiar la hora)/))),
    "staff-call-off": staff(make(StaffFrame, { page: PeopleLinks, props: { detail: { ...line("m2", "planned", 90), participants: invited } } }, {}, press(/^(Call it off|Cancelar la reunión)/))),
    "staff-people-links-sure": staff(make(StaffFrame, { page: PeopleLinks, props: { detail: { ...line("m2", "planned", 90), participants: invited } } }, {}, press(/^(New link|Enlace nuevo)/))),
    "staff-ready": staff(make(StaffMeeting, { live: undefined })),
    "room-lobby": room({ view: seenBy("sam", { waiting, stage_now: null, meeting_is: { phase: "planned" }, presence: new Map([["sam", seenBy("sam").presence.get("sam")!]]) }) }),
    "room-ideas": room({ view: seenBy("sam", { waiting: waiting.slice(2) }) }),
    "room-people": room({ view: seenBy("sam") }, press(/^(People|Personas)/)),
    "room-send-out": room({ view: seenBy("sam") }, () => {
      press(/^(People|Personas)/)();
      setTimeout(press(/^(Send out|Sacar)$/), 100);
    }),
    "room-removed": room({ view: seenBy("sam", { people: people.map((one) => ({ ...one, removed: one.participant_id === "morgan" })), presence: without("morgan") }) }, press(/^(People|Personas)/)),
    "room-leaderless-soon": room({ view: { ...seenBy("priya"), ...leaderless("priya", 0.5) } }),
    "room-leaderless": room({ view: { ...seenBy("alex"), ...leaderless("alex", 2) } }),
    "room-holding": room({ view: { ...seenBy("priya"), ...leaderless("priya", 2, "priya"), waiting } }),
    "room-holding-stop": room({ view: { ...seenBy("priya"), ...leaderless("priya", 2, "priya"), waiting } }, () => pressOnce(/^(Stop the meeting|Parar la reunión)$/)),
    "room-decision": room({ view: seenBy("sam", open) }),
    "room-settle": room({ view: seenBy("sam", open) }, press(/^(Close the answers|Cerrar las respuestas)/)),
    "room-caseworker": room({ view: seenBy("priya", { stage_now: 5 }) }),
    "room-agency": room({ view: seenBy("alex", { stage_now: 5, proposals: [settled(DISSENT, "not_reached")] }) }),
    "room-result": room({ view: seenBy("sam", { stage_now: 5, proposals: [settled(DISSENT, "not_reached", true)] }) }),
    "room-closing": room({ view: seenBy("sam", { stage_now: 6, attendance, proposals: [settled(DISSENT, "not_reached", true)], meeting_is: { plan_frozen_sha256: "3b7e0c52".repeat(8) } }) }, press(/^(End|Terminar)/)),
  };
}
