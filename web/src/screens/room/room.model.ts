/** What the room shows of a meeting, decided without a screen. [pure] */

import type { MeetingView } from "../../live/meeting.ts";
import type { CallState } from "../../live/media/call.ts";
import type { PersonEntity, Presence, StageEntity } from "../../live/protocol.gen.ts";
import type { SocketState } from "../../live/socket.ts";

/** Who is in the large picture, and the small ones in order; own picture last. */
export interface Seating {
  readonly big: string | null;
  readonly small: readonly string[];
}

/**
 * The speaker is large; while oneself speaks, the one who was large stays. `most` is how many small pictures fit: the
 * own picture always has one of them.
 */
export function seating(view: MeetingView, speaker: string | null, was: string | null, most: number): Seating {
  const me = view.you?.participant_id ?? null;
  const others = view.people.filter((one) => one.participant_id !== me && view.presence.has(one.participant_id));
  const ids = others.map((one) => one.participant_id);
  const wanted = [speaker, was, ids[0]].find((id) => id != null && ids.includes(id)) ?? null;
  const rest = ids.filter((id) => id !== wanted);
  const own = me === null ? [] : [me];
  if (wanted === null) return { big: me, small: [] };
  return { big: wanted, small: [...rest.slice(0, most - own.length), ...own] };
}

/** Whole minutes spent in a stage by `now_ms` on the server's clock. */
export function minutesIn(stage: StageEntity, now_ms: number): number {
  const running = stage.since ? Math.max(0, now_ms - Date.parse(stage.since)) / 1000 : 0;
  return Math.floor((stage.spent_s + running) / 60);
}

export type StageMark = "done" | "now" | "ahead";

export function stageMark(stage: StageEntity, current: number | null): StageMark {
  if (current === null || stage.number > current) return "ahead";
  return stage.number === current ? "now" : "done";
}

/** People here, those invited who are not, and whether some were removed; family first as the view has them. */
export function roster(view: MeetingView): { here: PersonEntity[]; away: PersonEntity[]; removed: boolean } {
  const here = view.people.filter((one) => view.presence.has(one.participant_id));
  const away = view.people.filter((one) => !view.presence.has(one.participant_id) && !one.removed);
  return { here: byHand(here, view.presence), away, removed: view.people.some((one) => one.removed) };
}

/** Raised hands first, oldest first; the others keep their order. */
function byHand(people: PersonEntity[], presence: ReadonlyMap<string, Presence>): PersonEntity[] {
  const raised = (one: PersonEntity): number => presence.get(one.participant_id)?.hand_raised_at ?? Infinity;
  return [...people].sort((a, b) => (raised(a) === raised(b) ? 0 : raised(a) - raised(b)));
}

/** Whether the facilitator is away from a meeting in session: their connection is lost, or they are gone. */
export function isLeaderless(view: MeetingView): boolean {
  const leader = view.people.find((one) => one.role === "facilitator");
  const presence = leader && view.presence.get(leader.participant_id);
  if (view.meeting?.phase !== "in_session" || leader?.participant_id === view.you?.participant_id) return false;
  return presence ? presence.connection === "lost" : view.meeting.facilitator_gone_since !== null;
}

export type Trouble = "link" | "media" | "hear" | "silent" | null;

/** The one thing worth telling about the connection; the worst first. */
export function trouble(socket: SocketState, call: CallState, silent: boolean): Trouble {
  if (socket.kind !== "open") return "link";
  if (call.tap_to_hear) return "hear";
  if (call.word === "lost" || call.word === "refused") return "media";
  return silent ? "silent" : null;
}

export type Happening =
  | { kind: "joined" | "left" | "waits" | "hand"; name: string }
  | { kind: "stage"; id: string }
  | { kind: "opened"; text: string }
  | { kind: "settled"; outcome: string };

/** What changed between two views that is worth saying aloud. Nothing is said of the first view. */
export function happenings(before: MeetingView, after: MeetingView, called: (person: PersonEntity) => string): Happening[] {
  if (!before.meeting || !after.meeting) return [];
  const me = after.you?.participant_id;
  const found: Happening[] = [];
  for (const one of after.people) {
    if (one.participant_id === me) continue;
    const was = before.presence.get(one.participant_id);
    const is = after.presence.get(one.participant_id);
    if (!was && is) found.push({ kind: "joined", name: called(one) });
    if (was && !is) found.push({ kind: "left", name: called(one) });
    if (is?.hand_raised_at != null && was?.hand_raised_at == null) found.push({ kind: "hand", name: called(one) });
  }
  const waited = new Set(before.waiting.map((one) => one.device_id));
  for (const one of after.waiting) {
    const person = after.person.get(one.participant_id);
    if (person && !waited.has(one.device_id)) found.push({ kind: "waits", name: called(person) });
  }
  if (after.stage && after.stage.number !== before.stage?.number) found.push({ kind: "stage", id: after.stage.id });
  const open = after.open_proposal;
  if (open && !sameOpen(before, open.proposal_id, open.version)) found.push({ kind: "opened", text: open.text });
  for (const one of after.proposals) {
    const was = before.proposals.find((other) => other.proposal_id === one.proposal_id);
    if (one.outcome && was && !was.outcome) found.push({ kind: "settled", outcome: one.outcome });
  }
  return found;
}

function sameOpen(view: MeetingView, proposal_id: string, version: number): boolean {
  return view.open_proposal?.proposal_id === proposal_id && view.open_proposal.version === version;
}
