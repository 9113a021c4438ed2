/** The shape of a case record (`hearth.case_record/2`, and 1 without what is optional here) as GET /api/records/{id} gives it; only what the page shows. */

import type { AbsenceReason, AgencyDecision, Answer, Attended, Interval, Mode, Outcome, Role, ToldApart } from "../../live/protocol.gen.ts";

export interface RecordPerson {
  participant_id: string | null;
  name: string;
  role: Role | null;
  relation: string;
  /** Missing in records of before. */
  told?: ToldApart;
}

export interface CaseRecord {
  schema: string;
  record_id: string;
  written_at: string;
  meeting: {
    meeting_id: string;
    case_id: string;
    family_name: string;
    decision_question: string;
    scheduled_at: string;
    time_zone: string;
    opened_at: string;
    closed_at: string;
    stages: { number: number; id: string; started_at: string | null; seconds: number; planned_min: number }[];
  };
  ending?: { kind: "closed" | "adjourned"; by: RecordPerson | null; reason: string };
  facilitator: RecordPerson;
  worker: RecordPerson;
  supervisor: RecordPerson;
  attendance: {
    person: RecordPerson;
    attended: Attended | null;
    mode: Mode | null;
    absence_reason: AbsenceReason | null;
    intervals: Interval[];
    seconds: number | null;
  }[];
  decisions: {
    proposal_id: string;
    answers_question?: boolean | null;
    question: string;
    text: string;
    version: number;
    proposed_by: RecordPerson;
    outcome: Outcome;
    positions: { person: RecordPerson; answer: Answer; reason: string; at: string }[];
    not_answered: RecordPerson[];
    not_asked?: RecordPerson[];
    agency_decision: (Omit<AgencyDecision, "by"> & { by: RecordPerson }) | null;
  }[];
  undecided?: {
    proposal_id: string;
    answers_question: boolean;
    text: string;
    version: number;
    proposed_by: RecordPerson;
    positions: { person: RecordPerson; answer: Answer; reason: string; at: string }[];
    not_answered: RecordPerson[];
    not_asked: RecordPerson[];
    outcome: Outcome | null;
    withdrawal: { by: RecordPerson | null; at: string; reason: string } | null;
  }[];
  steps: { id: string; what: string; who: string; by_when: string; done: boolean; person?: RecordPerson | null }[];
  plan: {
    sections: { id: string; text: string; cards: { id: string; fields: Record<string, string> }[] }[];
    own_words: { participant_id: string; text: string }[];
  };
  plan_sha256: string;
  unprintable?: string[] | null;
}
