import type {
  AttendanceEntity,
  Changed,
  ClientMessage,
  Entity,
  LobbyEntity,
  MeetingEntity,
  PersonCommand,
  PersonEntity,
  Presence,
  ProposalEntity,
  ServerMessage,
  StageEntity,
  WaitingEntity,
  Welcome,
  YouEntity,
} from "./protocol.gen.ts";
import { type Readable, Value } from "./readable.ts";

/** A command the rules refuse, or that could not be asked (`link.lost`). `code` is stable; `text` is English. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly code: string,
    readonly text: string,
    /** More codes, where there are several reasons. */
    readonly details: readonly string[] = [],
  ) {
    super(`${code}: ${text}`);
  }
}

/** What this person may know of the meeting, as of event `number`. A new object after every change. */
export interface MeetingView {
  /** -1 before the first welcome. */
  readonly number: number;
  readonly you: YouEntity | null;
  readonly lobby: LobbyEntity | null;
  /** Null until admitted. */
  readonly meeting: MeetingEntity | null;
  /** In order; `stage` is the current one. */
  readonly stages: readonly StageEntity[];
  readonly stage: StageEntity | null;
  /** Everyone invited: family first, then by name. */
  readonly people: readonly PersonEntity[];
  readonly person: ReadonlyMap<string, PersonEntity>;
  /** Facilitator only: devices in the waiting room, in the order to admit. */
  readonly waiting: readonly WaitingEntity[];
  /** Oldest first. `open_proposal` is the newest that is open. */
  readonly proposals: readonly ProposalEntity[];
  readonly open_proposal: ProposalEntity | null;
  /** Facilitator only, by participant. */
  readonly attendance: ReadonlyMap<string, AttendanceEntity>;
  /** Who is here, by participant. */
  readonly presence: ReadonlyMap<string, Presence>;
  /** Server clock minus this device's clock, in ms. */
  readonly clock_offset_ms: number;
}

export const EMPTY_VIEW: MeetingView = {
  number: -1,
  you: null,
  lobby: null,
  meeting: null,
  stages: [],
  stage: null,
  people: [],
  person: new Map(),
  waiting: [],
  proposals: [],
  open_proposal: null,
  attendance: new Map(),
  presence: new Map(),
  clock_offset_ms: 0,
};

interface Pending {
  resolve(number: number): void;
  reject(refusal: Refusal): void;
}

/** The map of entities the server sent, as one view. `$meeting` in a screen is a `MeetingView`. */
export class MeetingStore implements Readable<MeetingView> {
  readonly #view = new Value<MeetingView>(EMPTY_VIEW);
  readonly #entities = new Map<string, Entity>();
  readonly #presence = new Map<string, Presence>();
  readonly #pending = new Map<number, Pending>();
  readonly #send: (message: ClientMessage) => boolean;
  #number = -1;
  #clock_offset_ms = 0;
  #ref = 0;

  /** `send` is `Socket.send`. */
  constructor(send: (message: ClientMessage) => boolean) {
    this.#send = send;
  }

  get value(): MeetingView {
    return this.#view.value;
  }

  subscribe(run: (view: MeetingView) => void): () => void {
    return this.#view.subscribe(run);
  }

  /** The last event number seen, for `hello`; null before the first welcome. */
  get after(): number | null {
    return this.#number < 0 ? null : this.#number;
  }

  /** Asks the meeting for something. Resolves with its event number once durable; rejects with `Refusal`. */
  do(command: PersonCommand): Promise<number> {
    const ref = ++this.#ref;
    return new Promise((resolve, reject) => {
      if (!this.#send({ type: "do", ref, command })) {
        reject(new Refusal("link.lost", "There is no connection right now. Please try again in a moment."));
        return;
      }
      this.#pending.set(ref, { resolve, reject });
    });
  }

  /** Takes one message of the server; returns whether it was about the meeting. */
  got(message: ServerMessage): boolean {
    switch (message.type) {
      case "welcome":
        this.#welcome(message);
        return true;
      case "changed":
        this.#change(message);
        return true;
      case "presence":
        for (const presence of message.here) this.#presence.set(presence.participant_id, presence);
        for (const participant_id of message.left) this.#presence.delete(participant_id);
        this.#publish();
        return true;
      case "done":
        this.#settle(message.ref)?.resolve(message.number);
        return true;
      case "refused":
        this.#settle(message.ref)?.reject(new Refusal(message.code, message.text, message.details));
        return true;
      default:
        return false;
    }
  }

  /** The socket went: nobody knows whether what was asked happened; those who asked are told, the view stays. */
  lost(): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const one of pending) one.reject(new Refusal("link.lost", "The connection was lost. Please check and try again."));
  }

  #settle(ref: number): Pending | undefined {
    const pending = this.#pending.get(ref);
    this.#pending.delete(ref);
    return pending;
  }

  #welcome(message: Welcome): void {
    if (message.fresh) this.#entities.clear();
    this.#presence.clear();
    for (const presence of message.presence) this.#presence.set(presence.participant_id, presence);
    this.#clock_offset_ms = message.server_time * 1000 - Date.now();
    this.#number = message.fresh ? -1 : this.#number;
    this.#change(message);
  }

  #change(message: Pick<Changed, "number" | "entities" | "gone">): void {
    this.#number = Math.max(this.#number, message.number);
    for (const [key, entity] of Object.entries(message.entities)) this.#entities.set(key, entity);
    for (const key of message.gone) this.#entities.delete(key);
    this.#publish();
  }

  #publish(): void {
    this.#view.set(
      view(this.#number, this.#entities.values(), new Map(this.#presence), this.#clock_offset_ms),
    );
  }
}

function view(
  number: number,
  entities: Iterable<Entity>,
  presence: ReadonlyMap<string, Presence>,
  clock_offset_ms: number,
): MeetingView {
  const of: { [K in Entity["entity"]]: Extract<Entity, { entity: K }>[] } = {
    you: [],
    lobby: [],
    meeting: [],
    stage: [],
    person: [],
    waiting: [],
    proposal: [],
    attendance: [],
  };
  for (const entity of entities) (of[entity.entity] as Entity[]).push(entity);
  const meeting = of.meeting[0] ?? null;
  const stages = of.stage.sort((a, b) => a.number - b.number);
  const proposals = of.proposal.sort((a, b) => compare(a.opened_at, b.opened_at));
  return {
    number,
    you: of.you[0] ?? null,
    lobby: of.lobby[0] ?? null,
    meeting,
    stages,
    stage: stages.find((stage) => stage.number === meeting?.stage) ?? null,
    people: of.person.sort((a, b) => Number(b.is_family) - Number(a.is_family) || compare(a.name, b.name)),
    person: new Map(of.person.map((person) => [person.participant_id, person])),
    waiting: of.waiting.sort((a, b) => a.order - b.order || compare(a.since, b.since)),
    proposals,
    open_proposal: proposals.findLast((proposal) => proposal.state === "open") ?? null,
    attendance: new Map(of.attendance.map((line) => [line.participant_id, line])),
    presence,
    clock_offset_ms,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
