/** Who leads while the facilitator is away, decided without a screen. [pure] */

import type { MeetingView } from "../../live/meeting.ts";
import type { PersonEntity } from "../../live/protocol.gen.ts";
import { isLeaderless } from "../room/room.model.ts";

/** As rule M17 has it. */
export const HOLD_AFTER_MS = 60_000;

export interface Away {
  readonly facilitator: string;
  /** Only the connection is lost; else the meeting's log says that they are gone. */
  readonly lost: boolean;
  /** Who lets people in meanwhile. */
  readonly holder: PersonEntity | null;
  readonly holds: boolean;
  /** Milliseconds until this person may hold the room; null: they may not. */
  readonly wait_ms: number | null;
}

/** What there is to say while the facilitator is away; null while they are here, or the meeting is not in session. */
export function away(view: MeetingView, now_ms: number): Away | null {
  const { meeting, you } = view;
  const facilitator = view.people.find((one) => one.role === "facilitator");
  if (!meeting || !facilitator || !isLeaderless(view)) return null;
  const since = meeting.facilitator_gone_since;
  const holder = (meeting.held_by && view.person.get(meeting.held_by)) || null;
  const may_hold = since !== null && holder === null && (you?.capabilities.includes("hold_room") ?? false);
  return {
    facilitator: facilitator.name,
    lost: view.presence.has(facilitator.participant_id),
    holder,
    holds: holder !== null && holder.participant_id === you?.participant_id,
    wait_ms: may_hold ? Math.max(0, Date.parse(since) + HOLD_AFTER_MS - now_ms) : null,
  };
}
