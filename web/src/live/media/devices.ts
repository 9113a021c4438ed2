import { type Readable, Value } from "../readable.ts";
import { capture, type Captured, type DeviceFailure, type GetUserMedia, type Wanted } from "./capture.ts";
import { chime, LevelMeter, LOOK_MS } from "./level.ts";

export type { DeviceFailure };
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
  readonly facing: "user" | "environment";
}

export interface DevicesOptions {
  phone?: boolean;
  get_user_media?: GetUserMedia;
}

export const WATCHDOG_MS = 4_000;
const NOTHING: DevicesState = {
  capture: "none",
  asking: false,
  failure: null,
  microphone: false,
  camera: false,
  silent: false,
  interrupted: false,
  cameras: [],
  microphones: [],
  facing: "user",
};

/** The person's camera and microphone: one prompt, no surprise un-muting. */
export class Devices {
  readonly #state = new Value<DevicesState>(NOTHING);
  readonly #picture = new Value<MediaStream | null>(null);
  readonly #audio = new Value<MediaStreamTrack | null>(null);
  readonly #video = new Value<MediaStreamTrack | null>(null);
  readonly #meter = new LevelMeter();
  readonly #phone: boolean;
  readonly #get: GetUserMedia | undefined;
  #camera_id: string | undefined;
  #microphone_id: string | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #is_closed = false;
  #turn = 0;

  readonly state: Readable<DevicesState> = this.#state;
  /** Own picture, for `srcObject`; null without a camera. */
  readonly picture: Readable<MediaStream | null> = this.#picture;
  /** Microphone level 0..1, at the screen's pace while someone subscribes. */
  readonly level: Readable<number> = this.#meter.level;
  readonly audio_track: Readable<MediaStreamTrack | null> = this.#audio;
  readonly video_track: Readable<MediaStreamTrack | null> = this.#video;

  constructor(options: DevicesOptions = {}) {
    this.#phone = options.phone ?? false;
    this.#get = options.get_user_media ?? browserGetUserMedia();
    this.#listen("addEventListener");
  }

  /**
   * Asks the browser once, within the person's tap, and turns on what was granted. Resolves with null, or with why it is
   * not all that was wanted (`state.capture` tells what there is). After 4 s without an answer it resolves with
   * `hanging`; an answer that comes later still counts. A microphone granted earlier stays as it was; a new one is on
   * unless `microphone` says no.
   */
  async ask(
    want: "video" | "audio",
    microphone = this.#audio.value === null || this.#state.value.microphone,
  ): Promise<DeviceFailure | null> {
    this.#meter.context();
    if (!this.#get) return this.#failed("insecure");
    if (this.#state.value.asking) return this.#state.value.failure;
    this.#set({ asking: true, failure: null });
    const turn = ++this.#turn;
    const answer = capture(this.#wanted(true, want === "video"), this.#get).then((captured) => {
      this.#set({ asking: false, failure: captured.failure });
      const is_wanted = turn === this.#turn;
      this.#keep(captured, { microphone: microphone && is_wanted, camera: is_wanted });
      if (!is_wanted) this.#keepVideo(null, false);
      return captured.failure;
    });
    return Promise.race([answer, this.#watchdog(answer)]);
  }

  /** Goes on without: an answer that comes only now turns nothing on. */
  goWithout(): void {
    this.#turn += 1;
  }

  /** Mutes or un-mutes. Only ever by the person's own act. */
  async setMicrophone(on: boolean): Promise<void> {
    const track = this.#audio.value;
    if (on && track?.readyState !== "live") {
      await this.#again({ audio: true, video: false }, { microphone: true });
      return;
    }
    if (track) track.enabled = on;
    this.#set({ microphone: on && track !== null, silent: false });
  }

  /** Off stops the camera, so that its light goes out; on starts it again. */
  async setCamera(on: boolean): Promise<void> {
    if (!on) return this.#keepVideo(null, false);
    if (this.#video.value?.readyState === "live") return;
    await this.#again({ audio: false, video: true }, { camera: true });
  }

  /** Front to back camera or the other way round. */
  async flipCamera(): Promise<void> {
    const facing = this.#state.value.facing === "user" ? "environment" : "user";
    this.#camera_id = undefined;
    await this.#swapCamera(facing);
  }

  async choose(device: { camera_id?: string; microphone_id?: string }): Promise<void> {
    if (device.microphone_id && device.microphone_id !== this.#microphone_id) {
      this.#microphone_id = device.microphone_id;
      const { microphone } = this.#state.value;
      await this.#again({ audio: true, video: false }, { microphone });
    }
    if (device.camera_id && device.camera_id !== this.#camera_id) {
      this.#camera_id = device.camera_id;
      if (this.#state.value.camera) await this.#swapCamera(this.#state.value.facing);
    }
  }

  /** Gets the microphone anew (the "Fix my microphone" button). Muted stays muted. */
  async fixMicrophone(): Promise<DeviceFailure | null> {
    this.#meter.context();
    this.#microphone_id = undefined;
    const { microphone } = this.#state.value;
    return this.#again({ audio: true, video: false }, { microphone });
  }

  /** A short chime through the speaker. Call it within a tap. */
  async playTestTone(): Promise<void> {
    const context = this.#meter.context();
    if (!context) return;
    await context.resume().catch(() => undefined);
    await chime(context);
  }

  close(): void {
    this.#is_closed = true;
    this.#listen("removeEventListener");
    clearInterval(this.#watch);
    this.#keepAudio(null, false);
    this.#keepVideo(null, false);
    this.#meter.close();
  }

  #watchdog(answer: Promise<unknown>): Promise<DeviceFailure> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#set({ failure: "hanging" });
        resolve("hanging");
      }, WATCHDOG_MS);
      void answer.finally(() => clearTimeout(timer));
    });
  }

  /** Gets devices the person has already said yes to. What the person had off stays off. */
  async #again(
    want: { audio: boolean; video: boolean },
    on: { microphone?: boolean; camera?: boolean },
    facing?: "user" | "environment",
  ): Promise<DeviceFailure | null> {
    if (!this.#get) return this.#failed("insecure");
    const captured = await capture({ ...this.#wanted(want.audio, want.video), ...(facing && { facing }) }, this.#get);
    this.#set({ failure: captured.failure, ...(captured.stream && facing && { facing }) });
    this.#keep(captured, on);
    return captured.failure;
  }

  /** Phones open one camera at a time: the old one goes first, and comes back when the new one is not to be had. */
  async #swapCamera(facing: "user" | "environment"): Promise<void> {
    const before = this.#state.value.facing;
    this.#video.value?.stop();
    const failure = await this.#again({ audio: false, video: true }, { camera: true }, facing);
    if (failure) await this.#again({ audio: false, video: true }, { camera: true }, before);
  }

  #wanted(audio: boolean, video: boolean): Wanted {
    return {
      audio,
      video,
      phone: this.#phone,
      facing: this.#state.value.facing,
      camera_id: this.#camera_id,
      microphone_id: this.#microphone_id,
    };
  }

  #keep({ stream }: Captured, on: { microphone?: boolean; camera?: boolean }): void {
    if (!stream) return;
    if (this.#is_closed) return stream.getTracks().forEach((track) => track.stop());
    const [audio] = stream.getAudioTracks();
    const [video] = stream.getVideoTracks();
    if (audio) this.#keepAudio(audio, on.microphone ?? false);
    if (video) this.#keepVideo(video, on.camera ?? false);
    void this.#list();
  }

  #keepAudio(track: MediaStreamTrack | null, on: boolean): void {
    if (this.#audio.value !== track) this.#audio.value?.stop();
    if (track) {
      track.enabled = on;
      this.#follow(track);
    }
    this.#audio.set(track);
    this.#meter.listen(track);
    clearInterval(this.#watch);
    if (track) this.#watch = setInterval(this.#watchSilence, LOOK_MS);
    this.#set({ microphone: track !== null && on, silent: false, interrupted: false });
  }

  #keepVideo(track: MediaStreamTrack | null, on: boolean): void {
    if (this.#video.value !== track) this.#video.value?.stop();
    if (track) this.#follow(track);
    this.#video.set(track);
    this.#picture.set(track ? new MediaStream([track]) : null);
    this.#set({ camera: track !== null && on });
  }

  #follow(track: MediaStreamTrack): void {
    track.addEventListener("mute", this.#look);
    track.addEventListener("unmute", this.#look);
    track.addEventListener("ended", this.#look);
  }

  /** A muted track (muted by the system, not by us) or an ended one was taken away. */
  readonly #look = (): void => {
    const tracks = [this.#audio.value, this.#video.value];
    this.#set({ interrupted: tracks.some((track) => track !== null && (track.muted || track.readyState === "ended")) });
    if (document.visibilityState === "visible") void this.#restore();
  };

  readonly #seen = (): void => {
    if (document.visibilityState === "visible") void this.#restore();
  };

  /** Gets back, once, what ended while the page was away; the microphone comes back as muted as it was. */
  async #restore(): Promise<void> {
    const { microphone, camera } = this.#state.value;
    if (this.#audio.value?.readyState === "ended") {
      this.#audio.set(null);
      const failure = await this.#again({ audio: true, video: false }, { microphone });
      if (failure) this.#keepAudio(null, false);
    }
    if (camera && this.#video.value?.readyState === "ended") {
      this.#video.set(null);
      const failure = await this.#again({ audio: false, video: true }, { camera: true });
      if (failure) this.#keepVideo(null, false);
    }
  }

  readonly #watchSilence = (): void => {
    const { microphone, silent, interrupted } = this.#state.value;
    if (!microphone || interrupted) this.#meter.startAnew();
    const is_silent = microphone && !interrupted && this.#meter.isSilent(Date.now());
    if (is_silent !== silent) this.#set({ silent: is_silent });
  };

  readonly #list = async (): Promise<void> => {
    const all = (await navigator.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? [];
    const of = (kind: MediaDeviceKind): MediaDeviceInfo[] => all.filter((device) => device.kind === kind);
    this.#set({ cameras: of("videoinput"), microphones: of("audioinput") });
  };

  #listen(change: "addEventListener" | "removeEventListener"): void {
    if (typeof document === "undefined") return;
    document[change]("visibilitychange", this.#seen);
    navigator.mediaDevices?.[change]?.("devicechange", this.#list);
  }

  #failed(failure: DeviceFailure): DeviceFailure {
    this.#set({ failure, asking: false });
    return failure;
  }

  #set(change: Partial<DevicesState>): void {
    const capture = this.#video.value ? "video" : this.#audio.value ? "audio" : "none";
    const had = this.#state.value.capture;
    // A camera that is off is still a granted one.
    this.#state.set({ ...this.#state.value, ...change, capture: had === "video" && capture === "audio" ? had : capture });
  }
}

function browserGetUserMedia(): GetUserMedia | undefined {
  if (typeof navigator === "undefined" || !navigator.mediaDevices?.getUserMedia) return undefined;
  return (constraints) => navigator.mediaDevices.getUserMedia(constraints);
}
