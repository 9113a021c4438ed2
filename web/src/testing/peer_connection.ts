import { vi } from "vitest";

/** A browser's RTCPeerConnection as far as the call uses it, moved by hand. */
export class FakePeerConnection {
  connectionState: RTCPeerConnectionState = "new";
  onconnectionstatechange: (() => void) | null = null;
  ontrack: ((event: { transceiver: { mid: string }; track: MediaStreamTrack }) => void) | null = null;
  readonly sent = new Map<string, MediaStreamTrack | null>();
  readonly descriptions: string[] = [];
  is_closed = false;
  received = 0;

  addTransceiver(kind: string) {
    const sender = {
      track: null as MediaStreamTrack | null,
      replaceTrack: async (track: MediaStreamTrack | null) => {
        sender.track = track;
        this.sent.set(kind, track);
      },
      getParameters: () => ({ encodings: [{}] }),
      setParameters: async () => undefined,
    };
    return { sender };
  }

  async createOffer() {
    return { type: "offer", sdp: "our-offer" };
  }

  async createAnswer() {
    return { type: "answer", sdp: "our-answer" };
  }

  async setLocalDescription(description: { sdp: string }) {
    this.descriptions.push(`local ${description.sdp}`);
  }

  async setRemoteDescription(description: { sdp: string }) {
    this.descriptions.push(`remote ${description.sdp}`);
    if (description.sdp !== "their-offer") return;
    for (const mid of ["a0", "a1", "a2", "v0", "v1"]) {
      this.ontrack?.({ transceiver: { mid }, track: fakeTrack(mid.startsWith("a") ? "audio" : "video") });
    }
  }

  async getStats() {
    const pair = { type: "candidate-pair", nominated: true, bytesReceived: this.received, bytesSent: 0 };
    return new Map([["pair", pair]]);
  }

  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  close(): void {
    this.is_closed = true;
  }
}

export function fakeTrack(kind: "audio" | "video"): MediaStreamTrack {
  const track = Object.assign(new EventTarget(), {
    kind,
    enabled: true,
    muted: false,
    readyState: "live",
    stop: () => (track.readyState = "ended"),
    getSettings: () => ({ width: 1280 }),
  });
  return track as unknown as MediaStreamTrack;
}

/** A stream of these tracks, for engines that have none of their own. */
export class FakeMediaStream {
  readonly #tracks: readonly MediaStreamTrack[];

  constructor(tracks: readonly MediaStreamTrack[] = []) {
    this.#tracks = tracks;
  }

  getTracks = (): readonly MediaStreamTrack[] => this.#tracks;
  getAudioTracks = (): readonly MediaStreamTrack[] => this.#tracks.filter((track) => track.kind === "audio");
  getVideoTracks = (): readonly MediaStreamTrack[] => this.#tracks.filter((track) => track.kind === "video");
}

/** Puts the fakes where browser code looks for them. */
export function useFakeStreams(): void {
  vi.stubGlobal("MediaStream", FakeMediaStream);
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", { value: null, writable: true, configurable: true });
}
