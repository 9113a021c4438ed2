import * as Y from "yjs";

import { frame, parseFrame } from "../live/plan/frames.ts";
import type { PlanChannel, PlanResume, Presence } from "../live/protocol.gen.ts";
import { PlanProvider } from "../live/plan/provider.ts";

const CHANNEL = 0;

/** A plan log as the server keeps it, for as many pages as a test wants. What it says and when is the test's choice. */
export class PlanServer {
  readonly #rows: Uint8Array[] = [];
  readonly pages = new Set<Page>();
  epoch = 1;
  #next_id = 100;

  /** The document as it stands in the log. */
  get doc(): Y.Doc {
    const doc = new Y.Doc({ gc: false });
    for (const row of this.#rows) Y.applyUpdate(doc, row);
    return doc;
  }

  get seq(): number {
    return this.#rows.length;
  }

  rowsAfter(seq: number): readonly Uint8Array[] {
    return this.#rows.slice(seq);
  }

  issue(): number {
    this.#next_id += 1;
    return this.#next_id;
  }

  append(update: Uint8Array, from: Page): void {
    this.#rows.push(update);
    for (const page of this.pages) {
      if (page !== from) page.tell(update);
      page.provider.got({ type: "plan.seq", channel: CHANNEL, seq: this.seq });
    }
  }

  /** A new history: what was is gone. */
  restart(): void {
    this.#rows.length = 0;
    this.epoch += 1;
  }
}

/** One page with its provider and its socket. Frames wait in `outbox` until `deliver`. */
export class Page {
  readonly provider: PlanProvider;
  readonly outbox: Uint8Array[] = [];
  client_id = 0;
  is_open = false;
  rejoins = 0;
  /** Refuse the next update with this code. */
  refuse: string | null = null;

  constructor(
    readonly server: PlanServer,
    readonly participant_id: string,
  ) {
    this.provider = new PlanProvider({
      participant_id,
      pace_ms: 0,
      rejoin: () => (this.rejoins += 1),
      send: (bytes) => {
        if (this.is_open) this.outbox.push(bytes);
        return this.is_open;
      },
    });
  }

  get document() {
    const plan = this.provider.document.value;
    if (!plan) throw new Error("the document is not here yet");
    return plan;
  }

  get word(): string {
    return this.provider.state.value.word;
  }

  /** The socket opens: welcome, frames, seq, step 1. */
  open(presence: Presence[] = []): void {
    const resume: PlanResume | undefined = this.provider.resume()[0];
    const resumed = resume?.epoch === this.server.epoch;
    this.client_id = resumed ? resume.client_id : this.server.issue();
    this.is_open = true;
    this.server.pages.add(this);
    const channel: PlanChannel = {
      channel: CHANNEL,
      audience: "everyone",
      epoch: this.server.epoch,
      client_id: this.client_id,
      may_write: true,
      resumed,
    };
    this.provider.welcomed([channel], presence);
    for (const row of this.server.rowsAfter(resumed ? resume.seq : 0)) this.tell(row);
    this.provider.got({ type: "plan.seq", channel: CHANNEL, seq: this.server.seq });
    this.ask();
  }

  /** The server's step 1. */
  ask(): void {
    const state = Y.encodeStateVector(this.server.doc);
    this.provider.gotFrame(frame(CHANNEL, { kind: "step_1", state }));
  }

  /** The socket is gone, and with it what was on its way. */
  cut(): void {
    this.is_open = false;
    this.server.pages.delete(this);
    this.outbox.length = 0;
    this.provider.lost();
  }

  tell(update: Uint8Array): void {
    this.provider.gotFrame(frame(CHANNEL, { kind: "update", update }));
  }

  /** The server takes the next frame; `answer` false: it is on disk, but the page is not told. */
  deliver(answer = true): void {
    const bytes = this.outbox.shift();
    const message = bytes && parseFrame(bytes);
    if (!message || message.kind === "awareness") return;
    if (message.kind === "step_1") {
      const update = Y.encodeStateAsUpdate(this.server.doc);
      this.provider.gotFrame(frame(CHANNEL, { kind: "step_2", update }));
      this.provider.got({ type: "plan.seq", channel: CHANNEL, seq: this.server.seq });
    } else if (this.refuse) {
      this.provider.got({ type: "plan.refused", channel: CHANNEL, code: this.refuse, text: "Refused." });
      if (this.refuse === "plan.not_saved") this.ask();
    } else {
      this.server.append(message.update, this);
      if (answer) this.saved();
    }
  }

  deliverAll(): void {
    while (this.outbox.length > 0) this.deliver();
  }

  saved(clock = Y.getState(this.server.doc.store, this.client_id)): void {
    const { client_id, server } = this;
    this.provider.got({ type: "plan.saved", channel: CHANNEL, client_id, clock, seq: server.seq });
  }
}
