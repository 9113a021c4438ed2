import { type Readable } from "../readable.ts";

/**
 * Why there is no camera or microphone. `insecure`: the page is not served securely or the browser has no capture at all
 * (many in-app browsers); `hanging`: the browser never answered, as in-app browsers do.
 */
export type DeviceFailure = "denied" | "in_use" | "missing" | "hanging" | "insecure";
export type Capture = "video" | "audio" | "none";

export interface DevicesState {
  /** What has been granted: camera and microphone, microphone alone, or nothing. */
  readonly capture: Capture;
  /** The browser's own question is on the screen. */
  readonly asking: boolean;
  readonly failure: DeviceFailure | null;
  /** What is sent now; both false until the person turns them on. */
  readonly microphone: boolean;
  readonly camera: boolean;
  /** The microphone is on but has given digital silence for some seconds. */
  readonly silent: boolean;
  /** The system took the microphone or camera away (a phone call, another app). */
  readonly interrupted: boolean;
  readonly cameras: readonly MediaDeviceInfo[];
  readonly microphones: readonly MediaDeviceInfo[];
  /** "user" or "environment" of the camera in use, where known. */
  readonly facing: "user" | "environment";
}

/** The person's camera and microphone: one prompt, no surprise un-muting. */
export declare class Devices {
  constructor(options?: { phone?: boolean });
  readonly state: Readable<DevicesState>;
  /** Own picture, for `srcObject`; null without a camera. */
  readonly picture: Readable<MediaStream | null>;
  /** Microphone level 0..1, about 60 times a second while someone subscribes. */
  readonly level: Readable<number>;
  readonly audio_track: Readable<MediaStreamTrack | null>;
  readonly video_track: Readable<MediaStreamTrack | null>;
  /** Asks the browser once, within the person's tap. Resolves with null, or with why not. Turns on what was granted. */
  ask(want: "video" | "audio"): Promise<DeviceFailure | null>;
  /** Mutes or un-mutes. Only ever by the person's own act. */
  setMicrophone(on: boolean): Promise<void>;
  setCamera(on: boolean): Promise<void>;
  /** Front to back camera or the other way round. */
  flipCamera(): Promise<void>;
  choose(device: { camera_id?: string; microphone_id?: string }): Promise<void>;
  /** Gets the microphone anew (the "Fix my microphone" button). */
  fixMicrophone(): Promise<DeviceFailure | null>;
  /** A short chime through the speaker. Call it within a tap. */
  playTestTone(): Promise<void>;
  close(): void;
}
