import { beforeAll, describe, expect, it } from "vitest";

import { speak } from "../i18n/locale.svelte.ts";
import type { PersonEntity } from "../live/protocol.gen.ts";
import { called, calledShort } from "./called.ts";

const father = { name: "José Rivera", role: "parent", relation: "Dad" } as PersonEntity;

describe("a name", () => {
  beforeAll(() => speak("en"));

  it("stands alone where nobody else has it", () => {
    const told = { marks: [], number: 0, shares_first: false };
    expect(called({ ...father, told })).toBe("José Rivera");
    expect(calledShort({ ...father, told })).toBe("José");
    expect(called(father)).toBe("José Rivera");
    expect(called(undefined)).toBe("");
  });

  it("stands with what tells it from another's", () => {
    const told = { marks: ["relation" as const], number: 0, shares_first: true };
    expect(called({ ...father, told })).toBe("José Rivera (Dad)");
    expect(calledShort({ ...father, told })).toBe("José (Dad)");
    expect(calledShort(null)).toBe("");
    expect(called({ ...father, told: { ...told, marks: ["relation", "role"], number: 2 } })).toBe("José Rivera (Dad, Parent) 2");
  });

  it("is whole where only the first name is another's", () => {
    expect(calledShort({ ...father, told: { marks: [], number: 0, shares_first: true } })).toBe("José Rivera");
  });
});
