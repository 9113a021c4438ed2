/** The way of a family member from the spent link to the meeting, as plain decisions. [pure] */

import type { ApiError } from "../../live/api.ts";
import type { MeetingView } from "../../live/meeting.ts";
import type { Capture } from "../../live/media/devices.ts";
import type { Mode } from "../../live/protocol.gen.ts";
import type { SocketState } from "../../live/socket.ts";

/** How a person chooses to join. */
export type How = "video" | "audio" | "typing";

/** A page that says what happens next, instead of the meeting. */
export type NoticeKind =
  | "over"
  | "cancelled"
  | "removed"
  | "replaced"
  | "invalid"
  | "moved"
  | "left"
  | "forgotten"
  | "offline";

export type Place = "waiting" | "room" | "after" | { notice: NoticeKind };

export type ReadyStep = "how" | "ask" | "check";

const HOWS: readonly How[] = ["video", "audio", "typing"];

/** What was chosen earlier in this tab; null: ask. */
export function remembered(kept: string | null): How | null {
  return HOWS.find((how) => how === kept) ?? null;
}

/** What was on when the page went away; on where nothing is known. */
export function keptOn(kept: string | null): { microphone: boolean; camera: boolean } {
  const found = (JSON.parse(kept ?? "{}") ?? {}) as { microphone?: unknown; camera?: unknown };
  return { microphone: found.microphone !== false, camera: found.camera !== false };
}

/** Voice only is proposed to those who save data. */
export function proposed(connection: { saveData?: boolean; effectiveType?: string } | undefined): How {
  const slow = connection?.saveData === true || /2g/.test(connection?.effectiveType ?? "");
  return slow ? "audio" : "video";
}

/** After choosing how: those who only type are asked nothing by the phone. */
export function stepAfterHow(how: How): ReadyStep {
  return how === "typing" ? "check" : "ask";
}

/** How a person joins who goes on without what the phone did not give. */
export function withoutIt(how: How, capture: Capture): How {
  if (capture === "none") return "typing";
  return capture === "audio" ? "audio" : how;
}

/** What the mode told to others is, given the choice and what is on. */
export function modeOf(how: How, on: { capture: Capture; microphone: boolean; camera: boolean }): Mode {
  if (on.camera) return "video";
  const has_voice = on.microphone || (how !== "typing" && on.capture !== "none");
  return has_voice ? "audio" : "typing";
}

/** The notice for a refusal of `GET /api/join`. */
export function noticeOf(error: Pick<ApiError, "status" | "code">): NoticeKind {
  if (error.status === 0 || error.status >= 500) return "offline";
  if (error.status === 425) return "moved";
  if (error.code === "meeting.cancelled") return "cancelled";
  if (error.code === "meeting.over") return "over";
  return "invalid";
}

/** Which page stands, from what the server says; the page before stays while nothing is known. */
export function placeOf(socket: SocketState, view: MeetingView): Place {
  if ((view.meeting?.phase === "closed" || view.meeting?.phase === "adjourned") && view.you?.state !== "removed") return "after";
  if (socket.kind === "ended") {
    const notices = { left: "left", removed: "removed", replaced: "replaced", over: "over" } as const;
    const why = socket.why;
    return { notice: why === "not_allowed" || why === "signed_out" ? "invalid" : notices[why] };
  }
  if (view.you?.state === "removed") return { notice: "removed" };
  const phase = view.meeting?.phase ?? view.lobby?.phase;
  if (phase === "cancelled") return { notice: "cancelled" };
  if (view.you?.state === "over" || phase === "closed" || phase === "adjourned") return { notice: "over" };
  return view.you?.state === "admitted" && view.meeting ? "room" : "waiting";
}

/** One word for the state of the connection. */
export function connectionWord(socket: SocketState): "online" | "connecting" | "offline" {
  if (socket.kind === "open") return "online";
  return socket.kind === "retrying" && (socket.offline || socket.attempt > 2) ? "offline" : "connecting";
}
