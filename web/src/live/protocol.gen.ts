// Made by `python -m realtime.protocol_ts` from realtime/messages.py and what it names. Do not edit.
// Times are ISO 8601 in UTC; fields keep the wire's names.

export const VERSION = 1;

export const CLOSE = {
  RESTART: 1012,
  BAD_MESSAGE: 4400,
  UNAUTHENTICATED: 4401,
  NOT_ALLOWED: 4403,
  TOO_SLOW: 4408,
  OTHER_EPOCH: 4409,
  REMOVED: 4410,
  REPLACED: 4411,
  TOO_BIG: 4413,
  RATE: 4429,
} as const;

export const FAMILY_ROLES: readonly Role[] = ["caregiver", "kin", "parent", "support_person", "youth"];
export const STAFF_ROLES: readonly Role[] = ["caseworker", "facilitator", "supervisor"];

/** Why a person was not there. */
export type AbsenceReason = "declined" | "unreachable" | "conflict" | "transport" | "technical" | "safety" | "incarcerated" | "other";

/** The four answers a person may give. */
export type Answer = "support" | "live_with" | "cannot_support" | "question";

/** What the facilitator confirms of a person. */
export type Attended = "all" | "part" | "absent";

/** One thing a role may do. */
export type Capability = "arrange_meeting" | "run_meeting" | "hold_room" | "propose" | "state_position" | "decide_for_agency" | "edit_plan" | "write_own_words" | "see_record";

/** What stands with a name where another person has the same. */
export type Mark = "relation" | "role";

/** How a person took part. */
export type Mode = "video" | "audio" | "typing" | "in_room" | "phone";

/** What the team's answers amount to (practice record values). */
export type Outcome = "reached" | "reached_with_reservations" | "not_reached";

/** Where the meeting's life is. */
export type Phase = "planned" | "in_session" | "closed" | "adjourned" | "cancelled";

/** Where a proposal's life is. */
export type ProposalState = "open" | "settled" | "withdrawn";

/** What a person is in this meeting. */
export type Role = "facilitator" | "caseworker" | "supervisor" | "parent" | "youth" | "kin" | "caregiver" | "support_person" | "community_representative" | "provider" | "attorney" | "tribal_representative" | "interpreter" | "observer";

/** Where a person stands with the meeting. Arriving: at the door, and not (any more) shown to the facilitator. */
export type SeatState = "arriving" | "waiting" | "admitted" | "removed" | "over";

/** The meeting ends today without a decision; attendance and plan are filed as they stand. */
export interface AdjournMeeting {
  kind: "meeting.adjourn";
  reason: string;
}

/** The facilitator, or who holds the room meanwhile, lets one waiting device of one person in. */
export interface AdmitParticipant {
  kind: "participant.admit";
  participant_id: string;
  device_id: string;
}

/** The agency's decision where the team did not agree. */
export interface AgencyDecision {
  by: string;
  at: string;
  text: string;
  reason: string;
}

/** Change the wording: a new version, answers start again. */
export interface AmendProposal {
  kind: "proposal.amend";
  proposal_id: string;
  text: string;
}

/** One person's line; only the facilitator has these. `confirmation` is None until it was confirmed. */
export interface AttendanceEntity {
  entity: "attendance";
  participant_id: string;
  intervals: Interval[];
  confirmation: Confirmation | null;
}

/** Every 10 s; answered by `beat`. No message for 25 s closes the socket. */
export interface Beat {
  type: "beat";
  ref?: number;
}

/** Answer to `beat`. */
export interface BeatBack {
  type: "beat";
  ref: number;
  server_time: number;
}

/** The meeting is called off before it begins. */
export interface CancelMeeting {
  kind: "meeting.cancel";
  reason: string;
}

/** Entities as of event `number`; keys in `gone` are no longer there. */
export interface Changed {
  type: "changed";
  number: number;
  entities: Record<string, Entity>;
  gone: string[];
}

/** The facilitator ends the meeting; the case record is written. */
export interface CloseMeeting {
  kind: "meeting.close";
}

/** Why the socket is about to close (close code and stable word). */
export interface Closing {
  type: "closing";
  code: string;
  text: string;
  retry_s: number | null;
}

/** The facilitator confirms one person's line of attendance. */
export interface ConfirmAttendance {
  kind: "attendance.confirm";
  participant_id: string;
  attended: Attended;
  mode?: Mode | null;
  absence_reason?: AbsenceReason | null;
}

/** What the facilitator confirmed, when. */
export interface Confirmation {
  attended: Attended;
  mode: Mode | null;
  absence_reason: AbsenceReason | null;
  by: string;
  at: string;
}

/** A supervisor decides where the team did not agree, with reasons. `text_sha256` is of the proposal's words as read */
export interface DecideForAgency {
  kind: "agency.decide";
  proposal_id: string;
  text_sha256: string;
  text: string;
  reason: string;
}

/** Ask the meeting for something. Answered by `done` or `refused` with the same ref. */
export interface Do {
  type: "do";
  ref: number;
  command: PersonCommand;
}

/** The command is durable; `number` is the last event it made. */
export interface Done {
  type: "done";
  ref: number;
  number: number;
}

/** The facilitator locks the plan for the recap. */
export interface FreezePlan {
  kind: "plan.freeze";
}

/** Raise or lower the own hand; the facilitator may lower another's. */
export interface Hand {
  type: "hand";
  raised: boolean;
  participant_id?: string | null;
}

/** First message, within 5 s. `after` is the last event number seen; `plan` what is still held of the documents. */
export interface Hello {
  type: "hello";
  ticket: string;
  version?: number;
  after?: number | null;
  plan?: PlanResume[];
}

/** A caseworker or supervisor lets people in while the facilitator is gone, and may adjourn; nothing else. */
export interface HoldRoom {
  kind: "room.hold";
}

/** One unbroken stay; `left_at` is None while the person is there. Times are aware UTC. */
export interface Interval {
  joined_at: string;
  left_at: string | null;
  mode: Mode;
}

/** The person presses Leave: attendance ends now, not after the grace time. */
export interface Leave {
  type: "leave";
}

/** What a waiting person may know. */
export interface LobbyEntity {
  entity: "lobby";
  facilitator_first_name: string;
  scheduled_at: string;
  moved_from: string | null;
  time_zone: string;
  phase: Phase;
  facilitator_gone_since: string | null;
}

/** The browser's answer to the subscribe offer of `media.ready`. */
export interface MediaAnswer {
  type: "media.answer";
  ref: number;
  answer: string;
}

/** The media node is gone; join again after `retry_s`. */
export interface MediaGone {
  type: "media.gone";
  retry_s: number;
}

/** Publish offer and the number of video slots wanted. Answered by `media.ready` or `media.refused`. */
export interface MediaJoin {
  type: "media.join";
  ref: number;
  offer: string;
  video_slots: number;
}

/** Answer to the publish offer, and the subscribe offer with fixed slots. */
export interface MediaReady {
  type: "media.ready";
  ref: number;
  answer: string;
  offer: string;
  audio_slots: number;
  video_slots: number;
}

/** No media now; the meeting goes on. The client tries again after `retry_s`. */
export interface MediaRefused {
  type: "media.refused";
  ref: number;
  code: string;
  text: string;
  retry_s: number;
}

/** Whose pictures are on screen, most wanted first; slots follow this. */
export interface MediaShow {
  type: "media.show";
  participant_ids: string[];
}

/** Who is in which slot; None is empty. */
export interface MediaSlots {
  type: "media.slots";
  audio: (string | null)[];
  video: (string | null)[];
}

/** The active speaker. */
export interface MediaSpeaking {
  type: "media.speaking";
  participant_id: string | null;
}

/** What this person sends (camera, microphone) and how they take part. */
export interface MediaState {
  type: "media.state";
  camera: boolean;
  microphone: boolean;
  mode: Mode;
}

/** The meeting as a whole, for those admitted. `held_by` lets people in while the facilitator is gone. */
export interface MeetingEntity {
  entity: "meeting";
  meeting_id: string;
  practice: string;
  family_name: string;
  decision_question: string;
  phase: Phase;
  stage: number | null;
  scheduled_at: string;
  time_zone: string;
  due_from: string;
  due_to: string;
  opened_at: string | null;
  closed_at: string | null;
  adjourn_reason: string | null;
  plan_frozen_sha256: string | null;
  facilitator_gone_since: string | null;
  held_by: string | null;
  case_id: string | null;
  record_id: string | null;
}

/** Another time for a meeting that has not begun, in the same time zone. Its links move with it. */
export interface MoveMeeting {
  kind: "meeting.move";
  scheduled_at: string;
}

/** The facilitator moves the team to a stage (1..6), forward or back. */
export interface MoveStage {
  kind: "stage.move";
  stage: number;
}

/** The facilitator starts the meeting: stage 1 begins. */
export interface OpenMeeting {
  kind: "meeting.open";
}

/** Words put to the team for agreement. Whoever puts them says whether they answer the question the meeting is for */
export interface OpenProposal {
  kind: "proposal.open";
  proposal_id: string;
  text: string;
  answers_question: boolean;
}

/** Someone invited, as the others may know them; `told` tells them from another of their name. */
export interface PersonEntity {
  entity: "person";
  participant_id: string;
  name: string;
  role: Role;
  relation: string;
  color: number;
  admitted: boolean;
  removed: boolean;
  is_family: boolean;
  told: ToldApart;
}

/** One plan document of this session. `client_id` is the Yjs client id the browser must write with. */
export interface PlanChannel {
  channel: number;
  audience: string;
  epoch: number;
  client_id: number;
  may_write: boolean;
  resumed: boolean;
}

/** An update was refused; the client shows its unsaved text and re-syncs. */
export interface PlanRefused {
  type: "plan.refused";
  channel: number;
  code: string;
  text: string;
}

/** What a returning client still holds of one plan document. */
export interface PlanResume {
  audience: string;
  epoch: number;
  seq: number;
  client_id: number;
}

/** Everything this client wrote with clocks below `clock` is on disk, at log number `seq`. */
export interface PlanSaved {
  type: "plan.saved";
  channel: number;
  client_id: number;
  clock: number;
  seq: number;
}

/** The client now holds everything through `seq` (sent after the frames it names). */
export interface PlanSeq {
  type: "plan.seq";
  channel: number;
  seq: number;
}

/** One participant's answer to one version, word for word. `text_sha256` says to which words, as they stood on the */
export interface Position {
  participant_id: string;
  version: number;
  answer: Answer;
  reason: string;
  at: string;
  text_sha256: string;
}

/** The passing facts of one participant who is here. `connection` is "good", "weak" or "lost". */
export interface Presence {
  participant_id: string;
  camera: boolean;
  microphone: boolean;
  mode: Mode;
  hand_raised_at: number | null;
  connection: string;
  plan_client_ids: number[];
}

/** Who is here, and how, has changed. */
export interface PresenceChanged {
  type: "presence";
  here: Presence[];
  left: string[];
}

/** A proposal with the positions on its current version. `is_undecided`: settled, and still to be decided or taken */
export interface ProposalEntity {
  entity: "proposal";
  proposal_id: string;
  version: number;
  text: string;
  answers_question: boolean;
  by: string;
  opened_at: string;
  state: ProposalState;
  positions: Position[];
  unanswered: string[];
  not_asked: string[];
  settled_at: string | null;
  outcome: Outcome | null;
  agency_decision: AgencyDecision | null;
  withdrawal: Withdrawal | null;
  is_undecided: boolean;
}

/** The facilitator takes a removal back: the link works again, and the person waits like anybody who arrives. */
export interface ReadmitParticipant {
  kind: "participant.readmit";
  participant_id: string;
}

/** The command was refused; nothing changed. `code` is stable, as are the codes in `details`. */
export interface Refused {
  type: "refused";
  ref: number;
  code: string;
  text: string;
  details: string[];
}

/** Whoever holds the room gives it back. */
export interface ReleaseRoom {
  kind: "room.release";
}

/** The facilitator ends the meeting for one person; the link stops working until they are let back. */
export interface RemoveParticipant {
  kind: "participant.remove";
  participant_id: string;
}

/** The facilitator sends an admitted person back to the waiting room; they can be let in again. */
export interface SendToWaiting {
  kind: "participant.send_to_waiting";
  participant_id: string;
}

/** The facilitator closes the answers; the outcome follows from the rules. `missing_ok` says that the facilitator */
export interface SettleProposal {
  kind: "proposal.settle";
  proposal_id: string;
  text_sha256: string;
  missing_ok?: boolean;
}

/** One stage: planned minutes, seconds spent before `since`, and since when it is the current one. */
export interface StageEntity {
  entity: "stage";
  number: number;
  id: string;
  planned_min: number;
  spent_s: number;
  since: string | null;
}

/** One participant's answer to the version shown; may be changed until the proposal is settled. `text_sha256` is of */
export interface StatePosition {
  kind: "position.state";
  proposal_id: string;
  version: number;
  text_sha256: string;
  answer: Answer;
  reason?: string;
}

/** The facilitator opens the plan again to correct it. */
export interface ThawPlan {
  kind: "plan.thaw";
}

/** How one person is named among others: `marks` beside the name, then a number where even these are the same (0: */
export interface ToldApart {
  marks: Mark[];
  number: number;
  shares_first: boolean;
}

/** A device in the waiting room; only who lets people in has these. */
export interface WaitingEntity {
  entity: "waiting";
  participant_id: string;
  device_id: string;
  name: string;
  role: Role;
  relation: string;
  since: string;
  second_device: boolean;
  order: number;
}

/** Answer to `hello`, and sent again when a waiting person is admitted. `fresh` means: forget what you held. */
export interface Welcome {
  type: "welcome";
  session_id: string;
  number: number;
  fresh: boolean;
  entities: Record<string, Entity>;
  gone: string[];
  presence: Presence[];
  plan: PlanChannel[];
  server_time: number;
}

/** Take another question back, open or not agreed on, and say why. The meeting's own question stays. */
export interface WithdrawProposal {
  kind: "proposal.withdraw";
  proposal_id: string;
  reason: string;
}

/** Who took a question back, when and why, word for word. */
export interface Withdrawal {
  by: string | null;
  at: string;
  reason: string;
}

/** The reader: always present. Before admission it holds the first name and nothing of the meeting. */
export interface YouEntity {
  entity: "you";
  participant_id: string;
  name: string;
  role: Role;
  state: SeatState;
  second_device: boolean;
  capabilities: Capability[];
}

export type ClientMessage =
  | Hello
  | Do
  | MediaJoin
  | MediaAnswer
  | MediaShow
  | MediaState
  | Hand
  | Beat
  | Leave
;

export type ServerMessage =
  | Welcome
  | Changed
  | PresenceChanged
  | Done
  | Refused
  | PlanSaved
  | PlanRefused
  | PlanSeq
  | MediaReady
  | MediaRefused
  | MediaSlots
  | MediaSpeaking
  | MediaGone
  | BeatBack
  | Closing
;

export type PersonCommand =
  | AdmitParticipant
  | RemoveParticipant
  | ReadmitParticipant
  | SendToWaiting
  | HoldRoom
  | ReleaseRoom
  | OpenMeeting
  | MoveStage
  | OpenProposal
  | AmendProposal
  | WithdrawProposal
  | StatePosition
  | SettleProposal
  | DecideForAgency
  | ConfirmAttendance
  | FreezePlan
  | ThawPlan
  | CloseMeeting
  | CancelMeeting
  | AdjournMeeting
  | MoveMeeting
;

export type Entity =
  | YouEntity
  | LobbyEntity
  | MeetingEntity
  | StageEntity
  | PersonEntity
  | WaitingEntity
  | ProposalEntity
  | AttendanceEntity
;
