import { describe, expect, it } from "vitest";

import { presence, seenBy } from "../../gallery/story.ts";
import type { MeetingView } from "../../live/meeting.ts";
import { away } from "./hold.model.ts";

const SINCE = "2026-11-23T15:20:00Z";
const AT = Date.parse(SINCE);

function without(who: string, change: { lost?: boolean; since?: string | null; held_by?: string | null; phase?: "planned" } = {}): MeetingView {
  const { lost = false, since = SINCE, held_by = null, phase = "in_session" } = change;
  const view = seenBy(who, { meeting_is: { facilitator_gone_since: since, held_by, phase } });
  const here = new Map(view.presence);
  if (lost) here.set("sam", presence("sam", { connection: "lost" }));
  else here.delete("sam");
  return { ...view, presence: here };
}

describe("while the facilitator is away", () => {
  it("says nothing while they are here, before the meeting begins, and to themselves", () => {
    expect(away(seenBy("dana"), AT)).toBeNull();
    expect(away(without("dana", { phase: "planned" }), AT)).toBeNull();
    expect(away(without("sam"), AT)).toBeNull();
  });

  it("tells everyone at once that the connection is lost", () => {
    expect(away(without("dana", { lost: true, since: null }), AT)).toMatchObject({ lost: true, holder: null, wait_ms: null });
    expect(away(without("dana"), AT)).toMatchObject({ facilitator: "Sam", lost: false, holds: false });
  });

  it("offers the room to a caseworker or supervisor after a minute", () => {
    expect(away(without("priya"), AT + 45_000)?.wait_ms).toBe(15_000);
    expect(away(without("alex"), AT + 61_000)?.wait_ms).toBe(0);
    expect(away(without("morgan"), AT + 61_000)?.wait_ms).toBeNull();
    expect(away(without("priya", { lost: true, since: null }), AT + 61_000)?.wait_ms).toBeNull();
  });

  it("names who lets people in, and offers it to nobody else", () => {
    const seen = without("alex", { held_by: "priya" });
    expect(away(seen, AT + 90_000)).toMatchObject({ holder: { name: "Priya" }, holds: false, wait_ms: null });
    expect(away(without("priya", { held_by: "priya" }), AT + 90_000)).toMatchObject({ holds: true, wait_ms: null });
  });
});
