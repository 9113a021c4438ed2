/**
 * Why there is no camera or microphone. `insecure`: the page is not served securely or the browser has no capture at all
 * (many in-app browsers); `hanging`: the browser has not answered yet, as in-app browsers never do.
 */
export type DeviceFailure = "denied" | "in_use" | "missing" | "hanging" | "insecure";

export interface Wanted {
  readonly audio: boolean;
  readonly video: boolean;
  readonly phone: boolean;
  readonly facing: "user" | "environment";
  readonly camera_id?: string | undefined;
  readonly microphone_id?: string | undefined;
}

export type GetUserMedia = (constraints: MediaStreamConstraints) => Promise<MediaStream>;

/** What the browser gave, and why it is not all that was wanted. */
export interface Captured {
  readonly stream: MediaStream | null;
  readonly failure: DeviceFailure | null;
}

/**
 * Asks for what is wanted; where the asked-for device is not there, for any; where the camera is not to be had, for the
 * microphone alone. A person who said no is not asked again.
 */
export async function capture(wanted: Wanted, get: GetUserMedia): Promise<Captured> {
  try {
    return { stream: await get(constraints(wanted)), failure: null };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === "denied") return { stream: null, failure };
    if (isOverconstrained(error) && (wanted.camera_id || wanted.microphone_id)) {
      return capture({ ...wanted, camera_id: undefined, microphone_id: undefined }, get);
    }
    if (wanted.audio && wanted.video) {
      const less = await capture({ ...wanted, video: false }, get);
      return { stream: less.stream, failure };
    }
    return { stream: null, failure };
  }
}

export function constraints(wanted: Wanted): MediaStreamConstraints {
  const { phone, facing, camera_id, microphone_id } = wanted;
  const audio: MediaTrackConstraints = {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    ...(microphone_id && { deviceId: { exact: microphone_id } }),
  };
  const video: MediaTrackConstraints = {
    width: { ideal: 640 },
    height: { ideal: 360 },
    frameRate: { ideal: phone ? 15 : 24, max: 30 },
    ...(camera_id ? { deviceId: { exact: camera_id } } : { facingMode: { ideal: facing } }),
  };
  return { audio: wanted.audio && audio, video: wanted.video && video };
}

export function failureOf(error: unknown): DeviceFailure {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotReadableError" || name === "AbortError") return "in_use";
  if (name === "TypeError") return "insecure";
  return "missing";
}

function isOverconstrained(error: unknown): boolean {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  return name === "OverconstrainedError" || name === "NotFoundError";
}
