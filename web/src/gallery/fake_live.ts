/** A meeting without a server: the same doors as `LiveMeeting`, holding values. */

import * as Y from "yjs";

import type { MeetingView } from "../live/meeting.ts";
import type { DevicesState } from "../live/media/devices.ts";
import { PlanDocument } from "../live/plan/cards.ts";
import type { CardSection } from "../live/plan/outline.ts";
import type { PlanState, RemoteCursor } from "../live/plan/provider.ts";
import type { Mode } from "../live/protocol.gen.ts";
import { Value } from "../live/readable.ts";
import type { SocketState } from "../live/socket.ts";
import type { Live, PlanLive } from "../screens/live.ts";
import { picture } from "./pictures.ts";

const CARDS: [CardSection, Record<string, string>][] = [
  ["strengths", { text: "Dana asks for help before things get hard." }],
  ["strengths", { text: "Lee and Mia feel safe at Grandma Ruth’s house." }],
  ["strengths", { text: "Lee has not missed school since March" }],
  ["worries", { text: "No one is home with the children on Monday and Wednesday nights." }],
  ["worries", { text: "The lease ends on May 31." }],
  [
    "safety_plan",
    {
      threat: "The children are alone when Dana works late",
      text: "Ruth picks them up from school and stays until Dana is home",
      who: "Ruth",
      when: "Mondays and Wednesdays, 3 to 9 PM",
      backup: "Call Aunt Jo, two streets away",
    },
  ],
  ["placement", { text: "With Grandma Ruth on school nights", note: "Same school, own beds, they asked for it" }],
  ["family_time", { text: "Dana with Lee and Mia", frequency: "Every day after work", place_note: "Ruth’s house or the park", supervision: "None needed" }],
];

function story(): PlanDocument {
  const doc = new Y.Doc();
  const document = new PlanDocument(doc, "dana");
  doc.getText("text:decision_question").insert(0, "Where will Lee and Mia stay, and what keeps them safe there?");
  for (const [section, texts] of CARDS) {
    const id = document.addCard(section);
    for (const [field, text] of Object.entries(texts)) document.text(`cards:${section}/${id}/${field}`)?.insert(0, text);
  }
  const steps: [string, string, string, boolean][] = [
    ["Send the school the new pick-up list", "priya", "2026-12-01", true],
    ["Pick up Lee and Mia on Mondays and Wednesdays", "ruth", "2026-12-02", false],
    ["Start the evening parenting class at the library", "dana", "2026-12-09", false],
    ["Ask the landlord about a longer lease", "", "", false],
  ];
  for (const [what, who, by_when, done] of steps) {
    const id = document.addStep();
    document.text(`steps/${id}/what`)?.insert(0, what);
    document.setStep(id, { who, by_when, done });
  }
  doc.getText("words:ruth").insert(0, "I love these kids. My door is open, and I need to know who to call at night.");
  doc.getText("words:dana").insert(0, "I want my kids home every night and to finish my class.");
  return document;
}

function carets(document: PlanDocument): RemoteCursor[] {
  const strength = document.cards("strengths").value[2];
  const step = document.steps.value[2];
  const caret = (participant_id: string, field: string, index: number): RemoteCursor => ({
    participant_id,
    client_id: index,
    field,
    index,
    head: index,
  });
  return [
    ...(strength ? [caret("priya", strength.fields.text ?? "", 37)] : []),
    ...(step ? [caret("ruth", step.what_field, 47)] : []),
  ];
}

export interface FakeOptions {
  view: MeetingView;
  socket?: SocketState;
  devices?: Partial<DevicesState>;
  plan?: Partial<PlanState> | null;
  call?: { word?: "good" | "lost"; tap_to_hear?: boolean };
  mode?: Mode;
  camera?: boolean;
}

export function fakeLive(options: FakeOptions): Live {
  const document = story();
  const may_write = options.view.meeting?.plan_frozen_sha256 == null;
  const state: PlanState = { word: "saved", unsaved_fields: new Set(), slow: false, synced: true, may_write, refused: null, ...options.plan };
  const plan: PlanLive = {
    document: new Value(document),
    state: new Value(state),
    unsaved: new Value([]),
    cursors: new Value(carets(document)),
    setCursor: () => undefined,
    clearUnsaved: () => undefined,
  };
  const others = [...options.view.presence.keys()].filter((id) => options.view.presence.get(id)?.camera);
  const pictures = new Map(others.map((id) => [id, picture(options.view.person.get(id)?.color ?? 0)]));
  const camera = options.camera ?? true;
  const devices: DevicesState = {
    capture: "video",
    asking: false,
    failure: null,
    microphone: true,
    camera,
    silent: false,
    interrupted: false,
    cameras: [],
    microphones: [],
    facing: "user",
    ...options.devices,
  };
  return {
    socket: { state: new Value<SocketState>(options.socket ?? { kind: "open" }), start: () => undefined, reconnect: () => undefined },
    meeting: Object.assign(new Value(options.view), { do: async () => 1 }),
    devices: {
      state: new Value(devices),
      picture: new Value(devices.camera ? picture(0) : null),
      level: new Value(0.6),
      ask: async () => null,
      setMicrophone: async () => undefined,
      setCamera: async () => undefined,
      goWithout: () => undefined,
      fixMicrophone: async () => null,
      playTestTone: async () => undefined,
      close: () => undefined,
    },
    call: {
      state: new Value({ word: options.call?.word ?? "good", refusal: null, bytes: 0, tap_to_hear: options.call?.tap_to_hear ?? false }),
      pictures: new Value(pictures),
      heard: new Value(new Set<string>()),
      speaker: new Value<string | null>("ruth"),
      show: () => undefined,
      hear: async () => undefined,
      prepare: async () => undefined,
    },
    plan: new Value<PlanLive | null>(options.plan === null ? null : plan),
    mode: new Value<Mode>(options.mode ?? "video"),
    start: () => undefined,
    setMode: () => undefined,
    hand: () => undefined,
    leave: () => undefined,
  };
}
