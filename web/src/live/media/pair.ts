import type { MediaReady } from "../protocol.gen.ts";

export type Kind = "audio" | "video";

export interface PairOptions {
  readonly phone: boolean;
  readonly make: () => RTCPeerConnection;
  /** Either connection changed its state, or a slot's track came. */
  readonly changed: () => void;
}

/** What a phone and a laptop send at most: one layer of 640 x 360. */
const PHONE = { maxBitrate: 350_000, maxFramerate: 15 } as const;
const LAPTOP = { maxBitrate: 800_000, maxFramerate: 24 } as const;
const SEND_WIDTH = 640;

/** Two connections of one session: publish (we offer, one microphone and one camera) and subscribe (the server offers slots). */
export class MediaPair {
  readonly publish: RTCPeerConnection;
  #subscribe: RTCPeerConnection | null = null;
  readonly #options: PairOptions;
  readonly #senders: Record<Kind, RTCRtpSender>;
  readonly #tracks = new Map<string, MediaStreamTrack>();
  #offer: Promise<string> | null = null;
  #is_closed = false;

  constructor(options: PairOptions) {
    this.#options = options;
    this.publish = options.make();
    this.publish.onconnectionstatechange = options.changed;
    this.#senders = { audio: this.#sender("audio"), video: this.#sender("video") };
  }

  get subscribe(): RTCPeerConnection | null {
    return this.#subscribe;
  }

  /** Tracks by slot ("a0", "v0", ...). */
  get tracks(): ReadonlyMap<string, MediaStreamTrack> {
    return this.#tracks;
  }

  get is_connected(): boolean {
    return this.publish.connectionState === "connected" && this.#subscribe?.connectionState === "connected";
  }

  /** Beyond hope: only a new pair helps. */
  get is_broken(): boolean {
    return [this.publish, this.#subscribe].some((one) => one !== null && isOneOf(one, "failed", "closed"));
  }

  get is_disconnected(): boolean {
    return [this.publish, this.#subscribe].some((one) => one !== null && isOneOf(one, "disconnected", "failed", "closed"));
  }

  /** The publish offer; made once. It names no address of ours: the server learns it from the first authentic packet. */
  offer(): Promise<string> {
    this.#offer ??= this.#makeOffer();
    return this.#offer;
  }

  /** Takes the server's answer and its own offer; returns our answer to that. */
  async accept(ready: MediaReady): Promise<string> {
    await this.publish.setRemoteDescription({ type: "answer", sdp: ready.answer });
    const subscribe = this.#options.make();
    this.#subscribe = subscribe;
    subscribe.onconnectionstatechange = this.#options.changed;
    subscribe.ontrack = ({ transceiver, track }) => {
      if (transceiver.mid !== null) this.#tracks.set(transceiver.mid, track);
      this.#options.changed();
    };
    await subscribe.setRemoteDescription({ type: "offer", sdp: ready.offer });
    const answer = await subscribe.createAnswer();
    await subscribe.setLocalDescription(answer);
    await this.#limit();
    return answer.sdp ?? "";
  }

  /** Send this track from now on; null: nothing. Costs no negotiation. */
  async send(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    if (this.#is_closed || this.#senders[kind].track === track) return;
    await this.#senders[kind].replaceTrack(track);
    if (kind === "video" && track) await this.#limit();
  }

  async stats(): Promise<RTCStatsReport[]> {
    const connections = [this.publish, this.#subscribe].filter((one) => one !== null);
    return Promise.all(connections.map((one) => one.getStats()));
  }

  close(): void {
    this.#is_closed = true;
    for (const one of [this.publish, this.#subscribe]) {
      if (!one) continue;
      one.onconnectionstatechange = one.ontrack = null;
      one.close();
    }
  }

  #sender(kind: Kind): RTCRtpSender {
    const limits = this.#options.phone ? PHONE : LAPTOP;
    const transceiver = this.publish.addTransceiver(kind, {
      direction: "sendonly",
      ...(kind === "video" && { sendEncodings: [limits] }),
    });
    onlyCodecs(transceiver, kind);
    return transceiver.sender;
  }

  async #makeOffer(): Promise<string> {
    const offer = await this.publish.createOffer();
    await this.publish.setLocalDescription(offer);
    return offer.sdp ?? "";
  }

  /** Keeps the picture at 360 lines and its price; some browsers take limits only after negotiation. */
  async #limit(): Promise<void> {
    const sender = this.#senders.video;
    const parameters = sender.getParameters();
    const [encoding] = parameters.encodings ?? [];
    if (!encoding) return;
    Object.assign(encoding, this.#options.phone ? PHONE : LAPTOP);
    const width = sender.track?.getSettings().width ?? SEND_WIDTH;
    encoding.scaleResolutionDownBy = Math.max(1, width / SEND_WIDTH);
    (parameters as { degradationPreference?: string }).degradationPreference = "balanced";
    await sender.setParameters(parameters).catch(() => undefined); // an old browser: its own limits hold
  }
}

function isOneOf(connection: RTCPeerConnection, ...states: RTCPeerConnectionState[]): boolean {
  return states.includes(connection.connectionState);
}

/** Only what the server forwards: Opus, and VP8 with its repair stream. */
function onlyCodecs(transceiver: RTCRtpTransceiver, kind: Kind): void {
  const known = globalThis.RTCRtpSender?.getCapabilities?.(kind)?.codecs ?? [];
  const wanted = kind === "audio" ? ["audio/opus"] : ["video/vp8", "video/rtx"];
  const codecs = known.filter((codec) => wanted.includes(codec.mimeType.toLowerCase()));
  if (codecs.length > 0) transceiver.setCodecPreferences?.(codecs);
}
