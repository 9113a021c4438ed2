import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

/** A plan frame: one channel byte, then a y-protocols message. */
export type PlanMessage =
  | { kind: "step_1"; state: Uint8Array }
  | { kind: "step_2" | "update"; update: Uint8Array }
  | { kind: "awareness"; update: Uint8Array };

const SYNC = 0;
const AWARENESS = 1;
const STEPS = ["step_1", "step_2", "update"] as const;

export function channelOf(frame: Uint8Array): number {
  return frame[0] ?? -1;
}

/** Null for a kind this version does not know. */
export function parseFrame(frame: Uint8Array): PlanMessage | null {
  const reader = decoding.createDecoder(frame.subarray(1));
  const kind = decoding.readVarUint(reader);
  if (kind === AWARENESS) return { kind: "awareness", update: decoding.readVarUint8Array(reader) };
  if (kind !== SYNC) return null;
  const step = STEPS[decoding.readVarUint(reader)];
  if (!step) return null;
  const body = decoding.readVarUint8Array(reader);
  return step === "step_1" ? { kind: step, state: body } : { kind: step, update: body };
}

export function frame(channel: number, message: PlanMessage): Uint8Array<ArrayBuffer> {
  const writer = encoding.createEncoder();
  encoding.writeUint8(writer, channel);
  if (message.kind === "awareness") {
    encoding.writeVarUint(writer, AWARENESS);
  } else {
    encoding.writeVarUint(writer, SYNC);
    encoding.writeVarUint(writer, STEPS.indexOf(message.kind));
  }
  encoding.writeVarUint8Array(writer, message.kind === "step_1" ? message.state : message.update);
  return encoding.toUint8Array(writer);
}
