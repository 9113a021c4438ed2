/** What staff ask the server for. A family's phone never loads it. */

import { api as shared, type CaseDetail, type LinkLine, type Me, type MeetingDetail, type MeetingLine, type NewMeeting, type StaffLine, request, useCsrf } from "./api.ts";
import type { Role } from "./protocol.gen.ts";

/** One function an endpoint; all reject with ApiError. */
export const api = {
  ...shared,
  signIn: async (email: string, password: string) => {
    const answer = await request<{ name: string; role: Role; csrf: string }>("POST", "/api/sign-in", {
      email,
      password,
    });
    useCsrf(answer.csrf);
    return answer;
  },
  signOut: () => request<void>("POST", "/api/sign-out", {}),
  me: async () => {
    const me = await request<Me>("GET", "/api/me");
    useCsrf(me.csrf);
    return me;
  },
  meetings: () => request<{ meetings: MeetingLine[] }>("GET", "/api/meetings"),
  meeting: (meeting_id: string) => request<MeetingDetail>("GET", `/api/meetings/${meeting_id}`),
  schedule: (meeting: NewMeeting) =>
    request<{ meeting_id: string; links: LinkLine[] }>("POST", "/api/meetings", meeting),
  moveMeeting: (meeting_id: string, scheduled_at: string) =>
    request<MeetingDetail>("POST", `/api/meetings/${meeting_id}/time`, { scheduled_at }),
  cancelMeeting: (meeting_id: string, reason: string) =>
    request<MeetingDetail>("POST", `/api/meetings/${meeting_id}/cancel`, { reason }),
  reissueLink: (meeting_id: string, participant_id: string) =>
    request<{ url: string }>("POST", `/api/meetings/${meeting_id}/links/${participant_id}`, {}),
  revokeLink: (meeting_id: string, participant_id: string) =>
    request<void>("DELETE", `/api/meetings/${meeting_id}/links/${participant_id}`),
  staff: () => request<StaffLine[]>("GET", "/api/staff"),
  cases: <T = unknown>() => request<T>("GET", "/api/cases"),
  case: (case_id: string) => request<CaseDetail>("GET", `/api/cases/${case_id}`),
  record: <T = unknown>(record_id: string) => request<T>("GET", `/api/records/${record_id}`),
};
