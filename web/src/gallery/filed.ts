/** What is filed of the invented family's meeting: who was there, and the record. */

import type { AttendanceEntity } from "../live/protocol.gen.ts";
import type { CaseRecord } from "../screens/staff/case_record.ts";
import { at, DISSENT, people, stages, TEXT } from "./story.ts";

const person = (id: string) => people.find((one) => one.participant_id === id)!;

export const attendance = new Map<string, AttendanceEntity>(
  people.map((one, index) => [
    one.participant_id,
    {
      entity: "attendance",
      participant_id: one.participant_id,
      intervals: one.participant_id === "lee" ? [] : [{ joined_at: at(-58 + index), left_at: index % 3 ? null : at(-4), mode: index % 2 ? "audio" : "video" }],
      confirmation: index === 0 ? { attended: "all", mode: "video", absence_reason: null, by: "sam", at: at(-1) } : null,
    },
  ]),
);

export const record: CaseRecord = {
  schema: "hearth.case_record/1",
  record_id: "r1",
  written_at: at(0),
  meeting: {
    meeting_id: "m1",
    case_id: "c1",
    family_name: "Rivera",
    decision_question: "Where will Lee and Mia stay, and what keeps them safe there?",
    scheduled_at: at(-95),
    time_zone: "America/Chicago",
    opened_at: at(-92),
    closed_at: at(0),
    stages: stages(6).map((one) => ({ number: one.number, id: one.id, started_at: at(-90), seconds: one.spent_s || 400, planned_min: one.planned_min })),
  },
  facilitator: person("sam"),
  worker: person("priya"),
  supervisor: person("alex"),
  attendance: people.map((one) => ({
    person: one,
    attended: one.participant_id === "lee" ? "part" : "all",
    mode: "video",
    absence_reason: null,
    intervals: [{ joined_at: at(-92), left_at: at(0), mode: "video" }],
    seconds: 5520,
  })),
  decisions: [
    {
      proposal_id: "p1",
      question: "",
      text: TEXT,
      version: 1,
      proposed_by: person("priya"),
      outcome: "not_reached",
      positions: Object.entries(DISSENT).map(([id, [answer, reason]]) => ({ person: person(id), answer, reason, at: at(-9) })),
      not_answered: [],
      agency_decision: { by: person("alex"), at: at(-5), text: "The children stay with Ruth on school nights.", reason: "Nobody is home on two nights a week." },
    },
  ],
  steps: [
    { id: "1", what: "Pick up Lee and Mia on Mondays and Wednesdays", who: "Ruth", by_when: "2026-12-02", done: false },
    { id: "2", what: "Send the school the new pick-up list", who: "Priya", by_when: "2026-12-01", done: true },
  ],
  plan: {
    sections: [
      { id: "strengths", text: "", cards: [{ id: "1", fields: { text: "Dana asks for help before things get hard." } }] },
      { id: "safety_plan", text: "", cards: [{ id: "2", fields: { threat: "The children are alone", text: "Ruth stays with them", who: "Ruth", when: "", backup: "Aunt Jo" } }] },
    ],
    own_words: [{ participant_id: "dana", text: "I want my kids home every night." }],
  },
  plan_sha256: "3b7e0c52".repeat(8),
};

const decision = record.decisions[0]!;

/** Adjourned: nobody asked Ruth, who sat in the room without a device; one question was taken back, one is open. */
export const adjourned_record: CaseRecord = {
  ...record,
  schema: "hearth.case_record/2",
  ending: { kind: "adjourned", by: person("sam"), reason: "The school could not join today. We meet again on Friday." },
  attendance: record.attendance.map((line) => {
    if (line.person.participant_id === "ruth") return { ...line, mode: "in_room", intervals: [], seconds: null };
    if (line.person.participant_id !== "morgan") return line;
    return { ...line, attended: null, mode: null, intervals: [], seconds: null };
  }),
  decisions: [{ ...decision, answers_question: true, positions: decision.positions.filter((one) => one.person.participant_id !== "ruth"), not_asked: [person("ruth")], agency_decision: null }],
  undecided: [
    {
      proposal_id: "p2",
      answers_question: false,
      text: "Dana calls the landlord with Priya",
      version: 1,
      proposed_by: person("sam"),
      positions: [],
      not_answered: [person("dana"), person("lee")],
      not_asked: [],
      outcome: null,
      withdrawal: { by: person("sam"), at: at(-20), reason: "Dana has called already." },
    },
    {
      proposal_id: "p3",
      answers_question: true,
      text: "Lee and Mia stay with Grandma Ruth until the school year ends",
      version: 2,
      proposed_by: person("priya"),
      positions: decision.positions.slice(0, 2),
      not_answered: [person("dana")],
      not_asked: [person("ruth")],
      outcome: null,
      withdrawal: null,
    },
  ],
};
