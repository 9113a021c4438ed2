import { expect, test } from "vitest";

import { MeetingStore, Refusal } from "./meeting.ts";
import type { ClientMessage, Entity, PersonEntity, Presence, Welcome } from "./protocol.gen.ts";

const YOU: Entity = {
  entity: "you",
  participant_id: "dana",
  name: "Dana",
  role: "parent",
  state: "admitted",
  second_device: false,
  capabilities: ["state_position", "edit_plan"],
} as Entity;

function person(participant_id: string, name: string, is_family: boolean): PersonEntity {
  const relation = is_family ? "Grandmother" : "";
  return { entity: "person", participant_id, name, role: "kin", relation, color: 1, admitted: true, is_family } as PersonEntity;
}

function proposal(proposal_id: string, opened_at: string, state: "open" | "settled"): Entity {
  return { entity: "proposal", proposal_id, opened_at, state, version: 1, text: "Lee lives with Ruth" } as Entity;
}

function here(participant_id: string): Presence {
  return { participant_id, camera: true, microphone: true, mode: "video", hand_raised_at: null, connection: "good", plan_client_ids: [] };
}

function welcome(entities: Record<string, Entity>, change: Partial<Welcome> = {}): Welcome {
  return {
    type: "welcome",
    session_id: "s",
    number: 10,
    fresh: true,
    entities,
    gone: [],
    presence: [],
    plan: [],
    server_time: Date.now() / 1000,
    ...change,
  };
}

function store() {
  const sent: ClientMessage[] = [];
  let is_open = true;
  const meeting = new MeetingStore((message) => {
    if (is_open) sent.push(message);
    return is_open;
  });
  return { meeting, sent, cut: () => (is_open = false) };
}

test("a welcome and its changes make one view", () => {
  const { meeting } = store();
  expect(meeting.after).toBeNull();
  meeting.got(
    welcome({
      you: YOU,
      "person/sam": person("sam", "Sam", false),
      "person/ruth": person("ruth", "Ruth", true),
      "stage/2": { entity: "stage", number: 2, id: "strengths" } as Entity,
      "stage/1": { entity: "stage", number: 1, id: "welcome" } as Entity,
      meeting: { entity: "meeting", stage: 1 } as Entity,
    }),
  );
  expect(meeting.value.people.map((one) => one.name)).toEqual(["Ruth", "Sam"]);
  expect(meeting.value.stages.map((stage) => stage.number)).toEqual([1, 2]);
  expect(meeting.value.stage?.id).toBe("welcome");
  meeting.got({ type: "changed", number: 12, entities: { meeting: { entity: "meeting", stage: 2 } as Entity }, gone: ["person/sam"] });
  expect(meeting.value.stage?.id).toBe("strengths");
  expect(meeting.value.person.has("sam")).toBe(false);
  expect(meeting.after).toBe(12);
});

test("a resumed welcome adds to what is held; a fresh one forgets it", () => {
  const { meeting } = store();
  meeting.got(welcome({ you: YOU, "proposal/a": proposal("a", "2026-12-01T15:00:00Z", "open") }));
  meeting.got(welcome({ "proposal/b": proposal("b", "2026-12-01T14:00:00Z", "settled") }, { fresh: false, number: 14 }));
  expect(meeting.value.proposals.map((one) => one.proposal_id)).toEqual(["b", "a"]);
  expect(meeting.value.open_proposal?.proposal_id).toBe("a");
  meeting.got(welcome({ you: YOU }, { number: 3 }));
  expect(meeting.value.proposals).toEqual([]);
  expect(meeting.after).toBe(3);
});

test("a snapshot with changes is a fresh snapshot, whatever the order they are told in", () => {
  const late: Record<string, Entity> = { you: YOU, "person/ruth": person("ruth", "Ruth", true), "person/lee": person("lee", "Lee", true) };
  const [fresh, followed] = [store().meeting, store().meeting];
  fresh.got(welcome(late, { number: 12 }));
  followed.got(welcome({ you: YOU, "person/gone": person("gone", "Gone", false) }));
  followed.got({ type: "changed", number: 11, entities: { "person/lee": late["person/lee"] as Entity }, gone: ["person/gone"] });
  followed.got({ type: "changed", number: 12, entities: { "person/ruth": late["person/ruth"] as Entity }, gone: [] });
  expect({ ...followed.value, clock_offset_ms: 0 }).toEqual({ ...fresh.value, clock_offset_ms: 0 });
});

test("presence comes and goes", () => {
  const { meeting } = store();
  meeting.got(welcome({ you: YOU }, { presence: [here("sam")] }));
  meeting.got({ type: "presence", here: [{ ...here("ruth"), hand_raised_at: 5 }], left: ["sam"] });
  expect([...meeting.value.presence.keys()]).toEqual(["ruth"]);
  expect(meeting.value.presence.get("ruth")?.hand_raised_at).toBe(5);
});

test("a command resolves with its event number, or rejects with the refusal", async () => {
  const { meeting, sent } = store();
  const opened = meeting.do({ kind: "meeting.open" });
  const moved = meeting.do({ kind: "stage.move", stage: 2 });
  expect(sent.map((message) => message.type === "do" && message.ref)).toEqual([1, 2]);
  meeting.got({ type: "refused", ref: 2, code: "meeting.not_facilitator", text: "Only the facilitator.", details: [] });
  meeting.got({ type: "done", ref: 1, number: 4 });
  await expect(opened).resolves.toBe(4);
  await expect(moved).rejects.toEqual(new Refusal("meeting.not_facilitator", "Only the facilitator."));
});

test("a command is refused without a connection, and when the connection goes before the answer", async () => {
  const { meeting, cut } = store();
  const asked = meeting.do({ kind: "plan.freeze" });
  meeting.lost();
  await expect(asked).rejects.toMatchObject({ code: "link.lost" });
  cut();
  await expect(meeting.do({ kind: "plan.freeze" })).rejects.toMatchObject({ code: "link.lost" });
});

test("every change is a new view, told to every reader", () => {
  const { meeting } = store();
  const views: unknown[] = [];
  const stop = meeting.subscribe((view) => views.push(view));
  meeting.got(welcome({ you: YOU }));
  stop();
  meeting.got(welcome({ you: YOU }));
  expect(views).toHaveLength(2);
  expect(views[0]).not.toBe(views[1]);
});
