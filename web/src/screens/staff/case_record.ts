/** The shape of a case record (`hearth.case_record/1`) as GET /api/records/{id} gives it; only what the page shows. */

import type { AbsenceReason, AgencyDecision, Answer, Attended, Interval, Mode, Outcome, Role } from "../../live/protocol.gen.ts";

export interface RecordPerson {
  participant_id: string | null;
  name: string;
  role: Role | null;
  relation: string;
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
  facilitator: RecordPerson;
  worker: RecordPerson;
  supervisor: RecordPerson;
  attendance: {
    person: RecordPerson;
    attended: Attended;
    mode: Mode | null;
    absence_reason: AbsenceReason | null;
    intervals: Interval[];
    seconds: number;
  }[];
  decisions: {
    proposal_id: string;
    question: string;
    text: string;
    version: number;
    proposed_by: RecordPerson;
    outcome: Outcome;
    positions: { person: RecordPerson; answer: Answer; reason: string; at: string }[];
    not_answered: RecordPerson[];
    agency_decision: (Omit<AgencyDecision, "by"> & { by: RecordPerson }) | null;
  }[];
  steps: { id: string; what: string; who: string; by_when: string; done: boolean }[];
  plan: {
    sections: { id: string; text: string; cards: { id: string; fields: Record<string, string> }[] }[];
    own_words: { participant_id: string; text: string }[];
  };
  plan_sha256: string;
}
