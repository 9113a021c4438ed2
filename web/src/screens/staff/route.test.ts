import { expect, it } from "vitest";

import { routeOf } from "./route.svelte.ts";

it("reads every staff path", () => {
  expect(routeOf("/app")).toEqual({ page: "home" });
  expect(routeOf("/app/")).toEqual({ page: "home" });
  expect(routeOf("/app/cases")).toEqual({ page: "cases" });
  expect(routeOf("/app/cases/c1")).toEqual({ page: "case", id: "c1" });
  expect(routeOf("/app/records/r1")).toEqual({ page: "record", id: "r1" });
  expect(routeOf("/app/meetings/m1")).toEqual({ page: "meeting", id: "m1" });
  expect(routeOf("/app/meetings/m1/links")).toEqual({ page: "links", id: "m1" });
  expect(routeOf("/app/schedule", "case=c1")).toEqual({ page: "schedule", case_id: "c1" });
});

it("does not guess at others", () => {
  expect(routeOf("/app/meetings")).toEqual({ page: "unknown" });
  expect(routeOf("/app/cases/c1/more")).toEqual({ page: "unknown" });
  expect(routeOf("/j")).toEqual({ page: "unknown" });
});
