import type { Phase, Role, ToldApart } from "./protocol.gen.ts";

/** A refusal over HTTP (`application/problem+json`). `status` 0 and code `network.unreachable`: no answer came. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    /** Every member of the problem, such as `scheduled_at` of `meeting.too_early`. */
    readonly problem: Readonly<Record<string, unknown>> = {},
  ) {
    super(`${status} ${code}`);
  }
}

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

let csrf = "";

/** Staff pages set this after sign-in and `GET /api/me`; it rides on every state-changing request. */
export function useCsrf(value: string): void {
  csrf = value;
}

/** Sends JSON, reads JSON. Rejects with ApiError for every other answer, and for none. */
export async function request<T>(
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
  fetcher: Fetch = fetch,
): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (method !== "GET" && csrf) headers["x-csrf-token"] = csrf;
  let answer: Response;
  try {
    answer = await fetcher(path, {
      method,
      headers,
      credentials: "same-origin",
      keepalive: method !== "GET", // what was asked for is sent even when the page goes away at once
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    throw new ApiError(0, "network.unreachable", String(error));
  }
  if (!answer.ok) throw await refusal(answer);
  if (answer.status === 204) return undefined as T;
  const text = await answer.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

async function refusal(answer: Response): Promise<ApiError> {
  const problem: unknown = await answer.json().catch(() => null);
  if (typeof problem !== "object" || problem === null) return new ApiError(answer.status, `http.${answer.status}`, "");
  const members = problem as Record<string, unknown>;
  const code = typeof members.code === "string" ? members.code : `http.${answer.status}`;
  return new ApiError(answer.status, code, typeof members.detail === "string" ? members.detail : "", members);
}

// The answers of server/routes, as the working names on the wire.

export interface JoinAnswer {
  name: string;
  language: string;
  state: "seated" | "second_device";
  meeting: { scheduled_at: string; moved_from: string | null; time_zone: string; phase: Phase; facilitator_first_name: string };
}

export interface Ticket {
  ticket: string;
  expires_in_s: number;
}

export interface Me {
  staff_id: string;
  name: string;
  role: Role;
  language: string;
  csrf: string;
  /** The agency's, empty where nobody has set it. */
  time_zone: string;
  /** The line of settings still missing, without which no meeting can be scheduled. */
  to_set: string;
}

export interface MeetingLine {
  meeting_id: string;
  family_name: string;
  scheduled_at: string;
  /** The time it had before it was moved. */
  moved_from: string | null;
  time_zone: string;
  phase: Phase;
  practice: string;
  my_role: Role | null;
  case_id: string;
  waiting: number;
}

export interface ParticipantLine {
  participant_id: string;
  /** Of those who sign in; they hold no link. */
  staff_id: string | null;
  name: string;
  role: Role;
  relation: string;
  language: string;
  removed: boolean;
  /** A link that was not ended. */
  has_link: boolean;
  told: ToldApart;
}

export interface MeetingDetail extends MeetingLine {
  participants: ParticipantLine[];
}

export interface NewMeeting {
  case_id: string;
  practice: "tdm";
  scheduled_at: string;
  time_zone: string;
  decision_question: string;
  facilitator_id: string;
  participants: { name: string; role: Role; relation: string; language: string }[];
}

export interface LinkLine {
  participant_id: string;
  name: string;
  role: Role;
  relation: string;
  told: ToldApart;
  url: string;
}

export interface StaffLine {
  staff_id: string;
  name: string;
  role: Role;
}

export interface CaseDetail {
  case_id: string;
  family_name: string;
  children: unknown[];
  worker: StaffLine | null;
  supervisor: StaffLine | null;
  meetings: MeetingLine[];
  records: { record_id: string; meeting_id: string; written_at: string; outcome: string | null; sha256: string }[];
}


/** One function an endpoint of those who come by link; all reject with ApiError. */
export const api = {
  spendLink: (token: string) => request<JoinAnswer>("POST", "/api/links/spend", { token }),
  join: () => request<JoinAnswer>("GET", "/api/join"),
  joinLanguage: (language: string) => request<void>("POST", "/api/join/language", { language }),
  joinLeave: () => request<void>("POST", "/api/join/leave", {}),
  ticket: (meeting_id?: string) => request<Ticket>("POST", "/api/tickets", meeting_id ? { meeting_id } : {}),
  myLanguage: (language: string) => request<void>("POST", "/api/me/language", { language }),
};
