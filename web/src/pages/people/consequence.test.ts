// What is said before permissions change.
import { expect, it } from "vitest";

import { consequences, named } from "./consequence";

it("says what somebody gains and what they lose", () => {
  expect(consequences("Ada", ["track", "enter"], ["track", "audit"])).toEqual([
    "Ada can no longer add and update anything.",
    "Ada will be able to read the audit log.",
  ]);
});

it("says nothing when nothing changes", () => {
  expect(consequences("Ada", ["enter", "track"], ["track", "enter"])).toEqual([]);
});

it("names permissions always in one order", () => {
  expect(named(["admin", "track"])).toBe("See packages · Administer");
  expect(named([])).toBe("Nothing yet");
});
