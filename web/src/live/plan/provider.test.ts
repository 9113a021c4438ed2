import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Page, PlanServer } from "../../testing/plan_server.ts";
import { pick, seeded } from "../../testing/random.ts";
import { LOCAL } from "./cards.ts";
import { frame, parseFrame } from "./frames.ts";
import { fieldWord, PlanProvider } from "./provider.ts";

const QUESTION = "text:decision_question";

function write(page: Page, letters: string, index?: number): void {
  const text = page.document.text(QUESTION);
  page.document.doc.transact(() => text?.insert(index ?? text.length, letters), LOCAL);
}

function erase(page: Page, index: number, length: number): void {
  page.document.doc.transact(() => page.document.text(QUESTION)?.delete(index, length), LOCAL);
}

function read(page: Page): string {
  return page.document.textOf("decision_question").value;
}

function opened(server: PlanServer, participant_id: string): Page {
  const page = new Page(server, participant_id);
  page.open();
  return page;
}

/** The socket goes; `heard`: the server had just taken one more frame. */
function cutAfter(page: Page, heard: boolean): void {
  if (heard) page.deliver(false);
  page.cut();
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("the document is there once it is whole, and is written with the issued client id", () => {
  const server = new PlanServer();
  const dana = new Page(server, "dana");
  expect(dana.provider.document.value).toBeNull();
  dana.open();
  write(dana, "Where will Lee live?");
  expect(dana.document.doc.clientID).toBe(dana.client_id);
  dana.deliverAll();
  expect([...server.doc.store.clients.keys()]).toEqual([dana.client_id]);
});

test("saved is said only after the acknowledgement, field by field", () => {
  const dana = opened(new PlanServer(), "dana");
  expect(dana.word).toBe("saved");
  write(dana, "Lee");
  expect(dana.word).toBe("saving");
  expect(fieldWord(dana.provider.state.value, QUESTION)).toBe("saving");
  expect(fieldWord(dana.provider.state.value, "words:dana")).toBe("saved");
  dana.deliver(false);
  expect(dana.word).toBe("saving");
  dana.saved();
  expect(dana.word).toBe("saved");
  expect(dana.provider.state.value.unsaved_fields.size).toBe(0);
});

test("an acknowledgement below the own clock saves nothing", () => {
  const dana = opened(new PlanServer(), "dana");
  write(dana, "Lee");
  dana.saved(2);
  expect(dana.word).toBe("saving");
});

test("a deletion waits for its own acknowledgement, though it has no clock of its own", () => {
  const dana = opened(new PlanServer(), "dana");
  write(dana, "Lee");
  erase(dana, 0, 1);
  dana.deliver();
  expect(dana.word).toBe("saving");
  dana.deliver();
  expect(dana.word).toBe("saved");
});

test("more than five seconds without an acknowledgement is slow", () => {
  const dana = opened(new PlanServer(), "dana");
  write(dana, "Lee");
  vi.advanceTimersByTime(4_999);
  expect(dana.provider.state.value.slow).toBe(false);
  vi.advanceTimersByTime(1);
  expect(dana.provider.state.value.slow).toBe(true);
  dana.deliverAll();
  expect(dana.provider.state.value.slow).toBe(false);
});

test("what is written offline is kept, sent on return and merged", () => {
  const server = new PlanServer();
  const dana = opened(server, "dana");
  const ruth = opened(server, "ruth");
  write(dana, "Lee lives with Ruth.");
  dana.deliverAll();
  dana.cut();
  expect(dana.word).toBe("offline");
  write(dana, " Every weekend at home.");
  const card = dana.document.addCard("strengths");
  expect(dana.provider.state.value.unsaved_fields).toContain(`cards:strengths/${card}`);
  write(ruth, "Yes: ", 0);
  ruth.deliverAll();
  dana.open();
  expect(dana.word).toBe("saving");
  expect(dana.outbox).toHaveLength(1);
  dana.deliverAll();
  expect(dana.word).toBe("saved");
  expect(read(dana)).toBe("Yes: Lee lives with Ruth. Every weekend at home.");
  expect(read(ruth)).toBe(read(dana));
});

test("an update whose acknowledgement was lost is sent again and answered", () => {
  const server = new PlanServer();
  const dana = opened(server, "dana");
  write(dana, "Lee");
  dana.deliver(false);
  dana.cut();
  dana.open();
  expect(dana.word).toBe("saving");
  dana.deliverAll();
  expect(dana.word).toBe("saved");
  expect(server.doc.getText(QUESTION).toString()).toBe("Lee");
});

test("a long time offline comes back in frames of bounded size", () => {
  const server = new PlanServer();
  const dana = opened(server, "dana");
  dana.cut();
  for (let count = 0; count < 60; count += 1) write(dana, "x".repeat(4_000));
  dana.open();
  expect(dana.outbox.length).toBeGreaterThan(3);
  for (const bytes of dana.outbox) expect(bytes.length).toBeLessThan(64 * 1024);
  dana.deliverAll();
  expect(server.doc.getText(QUESTION).length).toBe(240_000);
  expect(dana.word).toBe("saved");
});

test("a refused change: its text is shown, the rest on its way is waited for, a new copy is fetched", () => {
  const server = new PlanServer();
  const dana = opened(server, "dana");
  write(dana, "Kept. ");
  dana.deliverAll();
  write(dana, "Refused one");
  write(dana, ", refused two");
  dana.refuse = "plan.frozen";
  dana.deliver();
  expect(dana.provider.unsaved.value).toEqual([{ field: QUESTION, text: "Refused one, refused two" }]);
  expect(dana.provider.document.value).toBeNull();
  dana.deliver();
  dana.refuse = null;
  expect(dana.outbox.map((bytes) => parseFrame(bytes)?.kind)).toEqual(["step_1"]);
  dana.deliver();
  expect(read(dana)).toBe("Kept. ");
  expect(dana.provider.state.value.refused?.code).toBe("plan.frozen");
  write(dana, "Again.");
  dana.deliverAll();
  expect(server.doc.getText(QUESTION).toString()).toBe("Kept. Again.");
  expect(dana.word).toBe("saved");
  dana.provider.clearUnsaved();
  expect(dana.provider.unsaved.value).toEqual([]);
});

test("a change the server could not save just now is kept and sent again, a little later each time", () => {
  const server = new PlanServer();
  const dana = opened(server, "dana");
  write(dana, "Lee ");
  write(dana, "lives here");
  erase(dana, 0, 1);
  const before = dana.document;
  dana.refuse = "plan.not_saved";
  dana.deliverAll();
  expect(dana.word).toBe("saving");
  expect(dana.document).toBe(before);
  vi.advanceTimersByTime(1_000);
  expect(dana.outbox).toHaveLength(1);
  dana.refuse = null;
  dana.deliverAll();
  expect(dana.word).toBe("saved");
  expect(dana.provider.state.value.refused).toBeNull();
  expect(server.doc.getText(QUESTION).toString()).toBe("ee lives here");
});

test("fast typing travels as one update in a while", () => {
  const frames: Uint8Array[] = [];
  const provider = new PlanProvider({ participant_id: "dana", send: (bytes) => frames.push(bytes) > 0 });
  const channel = { channel: 0, audience: "everyone", epoch: 1, client_id: 9, may_write: true, resumed: false };
  provider.welcomed([channel], []);
  provider.got({ type: "plan.seq", channel: 0, seq: 0 });
  provider.gotFrame(frame(0, { kind: "step_1", state: new Uint8Array([0]) }));
  for (let count = 0; count < 10; count += 1) provider.document.value?.text(QUESTION)?.insert(count, "x");
  expect(frames).toHaveLength(1);
  vi.advanceTimersByTime(50);
  expect(frames).toHaveLength(2);
  provider.destroy();
});

test("a third refusal within a minute asks for a new connection", () => {
  const dana = opened(new PlanServer(), "dana");
  for (let count = 0; count < 3; count += 1) {
    write(dana, "no");
    dana.refuse = "plan.malformed";
    dana.deliver();
    dana.refuse = null;
    dana.deliverAll();
  }
  expect(dana.rejoins).toBe(1);
  expect(dana.provider.resume()).toEqual([]);
});

test("another epoch: the unsaved text is shown and the new history takes its place", () => {
  const server = new PlanServer();
  const dana = opened(server, "dana");
  write(dana, "Saved. ");
  dana.deliverAll();
  dana.cut();
  write(dana, "Not saved.");
  const before = dana.document;
  server.restart();
  dana.open();
  expect(dana.provider.unsaved.value).toEqual([{ field: QUESTION, text: "Not saved." }]);
  expect(dana.document).not.toBe(before);
  expect(read(dana)).toBe("");
  expect(dana.word).toBe("saved");
});

test("the plan may be written while the meeting permits it", () => {
  const dana = opened(new PlanServer(), "dana");
  expect(dana.provider.state.value.may_write).toBe(true);
  dana.provider.permit(false);
  expect(dana.provider.state.value.may_write).toBe(false);
});

test("cursors carry a place that moves with the text, at most ten times a second", () => {
  const server = new PlanServer();
  const dana = opened(server, "dana");
  const ruth = opened(server, "ruth");
  write(dana, "Lee lives");
  dana.deliverAll();
  const presence = { participant_id: "dana", plan_client_ids: [dana.client_id] };
  ruth.provider.present([presence as never]);
  dana.provider.setCursor({ field: QUESTION, index: 1, head: 1 });
  dana.provider.setCursor({ field: QUESTION, index: 2, head: 2 });
  dana.provider.setCursor({ field: QUESTION, index: 3, head: 3 });
  expect(dana.outbox).toHaveLength(1);
  vi.advanceTimersByTime(100);
  expect(dana.outbox).toHaveLength(2);
  for (const bytes of dana.outbox.splice(0)) ruth.provider.gotFrame(bytes);
  write(ruth, "So: ", 0);
  ruth.deliverAll();
  ruth.provider.present([presence as never]);
  expect(ruth.provider.cursors.value).toEqual([
    { participant_id: "dana", client_id: dana.client_id, field: QUESTION, index: 7, head: 7 },
  ]);
  dana.provider.setCursor(null);
  vi.advanceTimersByTime(100);
  for (const bytes of dana.outbox.splice(0)) ruth.provider.gotFrame(bytes);
  expect(ruth.provider.cursors.value).toEqual([]);
});

test("whatever is cut whenever: in the end everyone holds the same, and all of it is saved", () => {
  for (let seed = 1; seed <= 25; seed += 1) {
    const random = seeded(seed);
    const server = new PlanServer();
    const pages = ["dana", "ruth", "lee"].map((name) => opened(server, name));
    for (let step = 0; step < 120; step += 1) {
      const page = pick(random, pages);
      const act = random();
      const length = read(page).length;
      if (act < 0.4) write(page, pick(random, ["a", "bc", "\n", "é"]), Math.floor(random() * (length + 1)));
      else if (act < 0.55 && length > 0) erase(page, Math.floor(random() * length), 1);
      else if (act < 0.6) page.document.addCard("worries");
      else if (act < 0.85) page.deliver();
      else if (page.is_open) cutAfter(page, random() < 0.5);
      else page.open();
    }
    for (const page of pages) if (!page.is_open) page.open();
    for (const page of pages) page.deliverAll();
    for (const page of pages) {
      expect(page.word, `seed ${seed}`).toBe("saved");
      expect(read(page), `seed ${seed}`).toBe(server.doc.getText(QUESTION).toString());
      expect(page.document.cards("worries").value.length).toBe(server.doc.getMap("cards:worries").size);
    }
  }
});
