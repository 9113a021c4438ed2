/** One invented family's meeting, in the states the gallery shows. */

import { EMPTY_VIEW, type MeetingView } from "../live/meeting.ts";
import type {
  Answer,
  Capability,
  MeetingEntity,
  PersonEntity,
  Presence,
  ProposalEntity,
  Role,
  StageEntity,
  YouEntity,
} from "../live/protocol.gen.ts";

export const NOW = Date.now();
export const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();

const PEOPLE: [string, string, Role, string][] = [
  ["dana", "Dana", "parent", "Mom"],
  ["ruth", "Ruth", "kin", "Grandma"],
  ["lee", "Lee", "youth", "Son"],
  ["sam", "Sam", "facilitator", ""],
  ["priya", "Priya", "caseworker", ""],
  ["alex", "Alex", "supervisor", ""],
  ["morgan", "Morgan", "provider", "Family support"],
];
const FAMILY: Role[] = ["parent", "youth", "kin"];
const TEAM: Capability[] = ["state_position", "edit_plan"];
const MAY: Partial<Record<Role, Capability[]>> = {
  facilitator: ["run_meeting", "propose", "edit_plan", "see_record"],
  caseworker: [...TEAM, "propose", "hold_room", "see_record"],
  supervisor: [...TEAM, "propose", "hold_room", "decide_for_agency", "see_record"],
  provider: TEAM,
};

export const people: PersonEntity[] = PEOPLE.map(([participant_id, name, role, relation], color) => ({
  entity: "person",
  participant_id,
  name,
  role,
  relation,
  color,
  admitted: true,
  removed: false,
  is_family: FAMILY.includes(role),
  told: { marks: [], number: 0, shares_first: false },
}));

const STAGES: [string, number, number][] = [
  ["introduction", 10, 9],
  ["situation", 15, 14],
  ["assess", 25, 24],
  ["ideas", 20, 12],
  ["decision", 15, 0],
  ["recap", 10, 0],
];

export function stages(current: number): StageEntity[] {
  return STAGES.map(([id, planned_min, spent], index) => ({
    entity: "stage",
    number: index + 1,
    id,
    planned_min,
    spent_s: index + 1 <= current ? spent * 60 : 0,
    since: index + 1 === current ? at(0) : null,
  }));
}

export function presence(id: string, change: Partial<Presence> = {}): Presence {
  return {
    participant_id: id,
    camera: true,
    microphone: true,
    mode: "video",
    hand_raised_at: null,
    connection: "good",
    plan_client_ids: [],
    ...change,
  };
}

/** Everybody is here but the facilitator, whose connection is lost (or who is gone) since so many minutes. */
export function leaderless(id: string, minutes: number, held_by: string | null = null, lost = false): Partial<MeetingView> {
  const view = seenBy(id, { meeting_is: { facilitator_gone_since: lost ? null : at(-minutes), held_by } });
  const here = new Map(view.presence);
  here.delete("sam");
  if (lost) here.set("sam", presence("sam", { connection: "lost" }));
  return { ...view, presence: here };
}

export const TEXT = "Lee and Mia stay with Grandma Ruth on school nights until June 1";

export function proposal(answers: Partial<Record<string, [Answer, string]>>, change: Partial<ProposalEntity> = {}): ProposalEntity {
  const asked = people.map((one) => one.participant_id).filter((id) => id !== "sam");
  const positions = asked.flatMap((id) => {
    const given = answers[id];
    return given ? [{ participant_id: id, version: 1, answer: given[0], reason: given[1], at: at(-1), text_sha256: "" }] : [];
  });
  return {
    entity: "proposal",
    proposal_id: "p1",
    version: 1,
    text: TEXT,
    by: "priya",
    opened_at: at(-5),
    state: "open",
    positions,
    answers_question: true,
    not_asked: [],
    withdrawal: null,
    is_undecided: false,
    unanswered: asked.filter((id) => !answers[id]),
    settled_at: null,
    outcome: null,
    agency_decision: null,
    ...change,
  };
}

export const ANSWERED: Record<string, [Answer, string]> = {
  ruth: ["support", "I have the room and I want them close to their school."],
  lee: ["live_with", "I want to see my friends on Fridays."],
  priya: ["support", ""],
  morgan: ["support", ""],
};
export const DISSENT: Record<string, [Answer, string]> = {
  ...ANSWERED,
  dana: ["cannot_support", "I want them home on school nights. I am home every evening now."],
  alex: ["support", ""],
};

/** The meeting as one of its people sees it. */
export function seenBy(id: string, change: Partial<MeetingView> & { meeting_is?: Partial<MeetingEntity>; stage_now?: number | null } = {}): MeetingView {
  const { meeting_is, stage_now = 4, ...rest } = change;
  const person = people.find((one) => one.participant_id === id);
  const you: YouEntity = {
    entity: "you",
    participant_id: id,
    name: person?.name ?? "",
    role: person?.role ?? "parent",
    state: "admitted",
    second_device: false,
    capabilities: MAY[person?.role ?? "parent"] ?? [...TEAM, "write_own_words"],
  };
  const meeting: MeetingEntity = {
    entity: "meeting",
    meeting_id: "m1",
    practice: "tdm",
    family_name: "Rivera",
    decision_question: "Where will Lee and Mia stay, and what keeps them safe there?",
    phase: "in_session",
    stage: stage_now,
    scheduled_at: at(-60),
    time_zone: "America/Chicago",
    due_from: at(-60).slice(0, 10),
    due_to: at(731 * 1440).slice(0, 10),
    opened_at: at(-58),
    closed_at: null,
    adjourn_reason: null,
    plan_frozen_sha256: null,
    facilitator_gone_since: null,
    held_by: null,
    case_id: "c1",
    record_id: null,
    ...meeting_is,
  };
  const all = stages(stage_now ?? 0);
  const here = [
    presence("dana"),
    presence("ruth", { hand_raised_at: 5 }),
    presence("lee", { microphone: false }),
    presence("sam"),
    presence("priya", { microphone: false }),
    presence("alex", { camera: false, microphone: false, mode: "typing" }),
    presence("morgan", { connection: "weak" }),
  ];
  const proposals = rest.proposals ?? [];
  return {
    ...EMPTY_VIEW,
    number: 9,
    you,
    meeting,
    stages: all,
    stage: all.find((one) => one.number === stage_now) ?? null,
    people,
    person: new Map(people.map((one) => [one.participant_id, one])),
    presence: new Map(here.map((one) => [one.participant_id, one])),
    open_proposal: proposals.findLast((one) => one.state === "open") ?? null,
    ...rest,
  };
}
