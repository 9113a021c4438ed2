export { Call, type CallState, type CallWord } from "./call.ts";
export { type Capture, type DeviceFailure, Devices, type DevicesState } from "./devices.ts";
