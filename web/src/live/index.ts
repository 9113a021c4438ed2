/** The live layer of the page: framework-free. Screens read its `Readable`s (`$store`) and call its methods. */
export { ApiError, api, request, useCsrf } from "./api.ts";
export { LiveMeeting, type LiveMeetingOptions } from "./live_meeting.ts";
export { EMPTY_VIEW, MeetingStore, type MeetingView, Refusal } from "./meeting.ts";
export { Call, type CallState, type CallWord } from "./media/call.ts";
export { type Capture, type DeviceFailure, Devices, type DevicesState } from "./media/devices.ts";
export type * from "./protocol.gen.ts";
export { type Readable, Value } from "./readable.ts";
export { type EndReason, Socket, type SocketState } from "./socket.ts";
export { WakeLock } from "./wake_lock.ts";
