import { api } from "./api.ts";
import { patiently } from "./lazy.ts";
import { Call } from "./media/call.ts";
import { Devices } from "./media/devices.ts";
import { MeetingStore } from "./meeting.ts";
import type { PlanProvider } from "./plan/provider.ts";
import type { Capability, ClientMessage, Mode, ServerMessage, Welcome } from "./protocol.gen.ts";
import { type Readable, Value } from "./readable.ts";
import { Socket, type SocketState } from "./socket.ts";

export interface LiveMeetingOptions {
  /** Staff name the meeting; a guest's cookie does. */
  meeting_id?: string;
  /** Phones send and show less. */
  phone?: boolean;
  devices?: Devices;
}

/** As rule L1 has it: `PlanChannel.may_write` holds only for the moment of the welcome. */
const WRITERS: readonly Capability[] = ["edit_plan", "write_own_words"];

/** One person's stay in one meeting: socket, meeting, plan, sound and picture, wired together. */
export class LiveMeeting {
  readonly socket: Socket;
  readonly meeting: MeetingStore;
  readonly devices: Devices;
  readonly call: Call;
  readonly #plan = new Value<PlanProvider | null>(null);
  readonly #mode = new Value<Mode>("video");
  readonly #closing = new Value<{ readonly code: string; readonly text: string } | null>(null);
  /** Null until its code is loaded, which begins while the person waits. */
  readonly plan: Readable<PlanProvider | null> = this.#plan;
  /** How the person takes part; told to everyone. "video" until set. */
  readonly mode: Readable<Mode> = this.#mode;
  /** The server's reason, when it said one before closing. */
  readonly closing: Readable<{ readonly code: string; readonly text: string } | null> = this.#closing;

  /** What came for the plan before its code was there. */
  #plan_inbox: ((plan: PlanProvider) => void)[] | null = null;
  #is_open = false;
  #is_admitted = false;
  #told_state = "";

  constructor(options: LiveMeetingOptions = {}) {
    this.socket = new Socket({
      ticket: async () => (await api.ticket(options.meeting_id)).ticket,
      resume: () => ({ after: this.meeting.after, plan: this.#plan.value?.resume() ?? [] }),
    });
    const send = (message: ClientMessage): boolean => this.socket.send(message);
    this.meeting = new MeetingStore(send);
    this.devices = options.devices ?? new Devices({ phone: options.phone ?? false });
    this.call = new Call({ devices: this.devices, send, phone: options.phone ?? false });
    this.socket.state.subscribe((state) => this.#socketChanged(state));
    this.socket.messages.add((message) => this.#got(message));
    this.socket.frames.add((frame) => this.#toPlan((plan) => plan.gotFrame(frame)));
    this.devices.state.subscribe(() => this.#tellState());
  }

  /** Connect: waiting room first, meeting after admission. Sound and picture join by themselves once admitted. */
  start(): void {
    this.#closing.set(null);
    this.socket.start();
  }

  setMode(mode: Mode): void {
    this.#mode.set(mode);
    this.#tellState();
  }

  /** Raise or lower the own hand; the facilitator may lower another's. */
  hand(raised: boolean, participant_id?: string): void {
    this.socket.send({ type: "hand", raised, ...(participant_id && { participant_id }) });
  }

  /** The person pressed Leave. */
  leave(): void {
    this.socket.send({ type: "leave" });
    this.socket.end("left");
    this.#plan.value?.destroy();
    this.#plan.set(null);
  }

  #socketChanged(state: SocketState): void {
    const is_open = state.kind === "open";
    if (this.#is_open && !is_open) {
      this.meeting.lost();
      this.call.linked(false);
      this.#toPlan((plan) => plan.lost());
    }
    this.#is_open = is_open;
    if (state.kind === "ended") this.#release();
  }

  #got(message: ServerMessage): void {
    if (this.meeting.got(message)) {
      if (message.type === "welcome") this.#welcomed(message);
      else if (message.type === "presence") this.#toPlan((plan) => plan.present(this.meeting.value.presence.values()));
      this.#meetingChanged();
    } else if (message.type === "closing") {
      this.#closing.set({ code: message.code, text: message.text });
    } else if (!this.call.got(message)) {
      this.#toPlan((plan) => plan.got(message));
    }
  }

  #welcomed(message: Welcome): void {
    const was_admitted = this.#is_admitted;
    this.#is_admitted = this.meeting.value.you?.state === "admitted";
    if (was_admitted && !this.#is_admitted) this.#sentBack();
    this.#loadPlan();
    this.#toPlan((plan) => plan.welcomed(message.plan, message.presence));
    if (!this.#is_admitted) return this.call.prepare();
    this.#told_state = "";
    this.#tellState();
    this.call.linked(true);
    this.call.join();
  }

  #meetingChanged(): void {
    const { meeting, you } = this.meeting.value;
    const is_writable = meeting?.phase === "in_session" && meeting.plan_frozen_sha256 === null;
    const may_write = is_writable && (you?.capabilities.some((one) => WRITERS.includes(one)) ?? false);
    this.#toPlan((plan) => plan.permit(may_write));
    const is_over = meeting !== null && meeting.phase !== "planned" && meeting.phase !== "in_session";
    if (is_over || you?.state === "removed" || you?.state === "over") this.#release();
  }

  /** Back in the waiting room: nothing of the meeting stays on this page; the own picture does. */
  #sentBack(): void {
    this.call.leave();
    this.#plan.value?.destroy();
    this.#plan.set(null);
    this.#plan_inbox = null;
  }

  /** Out of the meeting: the camera's light goes out. Coming back begins with a new page. */
  #release(): void {
    this.call.leave();
    this.devices.close();
  }

  #tellState(): void {
    if (!this.#is_admitted) return;
    const { camera, microphone } = this.devices.state.value;
    const state: ClientMessage = { type: "media.state", camera, microphone, mode: this.#mode.value };
    const told = JSON.stringify(state);
    if (told !== this.#told_state && this.socket.send(state)) this.#told_state = told;
  }

  #loadPlan(): void {
    if (this.#plan.value || this.#plan_inbox) return;
    this.#plan_inbox = [];
    void patiently(() => import("./plan/provider.ts")).then(({ PlanProvider }) => {
      const plan = new PlanProvider({
        send: (frame) => this.socket.sendFrame(frame),
        rejoin: () => this.socket.reconnect(),
        participant_id: this.meeting.value.you?.participant_id ?? "",
      });
      for (const act of this.#plan_inbox ?? []) act(plan);
      this.#plan_inbox = null;
      this.#plan.set(plan);
    });
  }

  #toPlan(act: (plan: PlanProvider) => void): void {
    const plan = this.#plan.value;
    if (plan) act(plan);
    else this.#plan_inbox?.push(act);
  }
}
