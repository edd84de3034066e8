// How far along a package is.
import { expect, it } from "vitest";

import type { Package } from "../../api/client";
import { reached } from "./steps";

const pkg = (changes: Partial<Package>): Package => ({
  id: "pkg_1",
  status: "in_transit",
  status_at: "2026-11-26T10:00:00Z",
  record: {},
  registered_at: "2026-11-25T10:00:00Z",
  picked_up_at: "2026-11-26T08:00:00Z",
  photos: [],
  notes: 0,
  events: 3,
  recorded_at: "2026-11-26T10:00:00Z",
  names: {},
  ...changes,
});
const are = (changes: Partial<Package>): string[] => reached(pkg(changes), []).map((it) => it.is);

it("stands where its status says", () => {
  expect(are({})).toEqual(["done", "done", "now", "ahead", "ahead"]);
  expect(are({ status: "ready_to_collect" })).toEqual(["done", "done", "done", "now", "ahead"]);
  expect(are({ status: "delivered", delivered_at: "2026-11-27T10:00:00Z" })).toEqual(
    Array(5).fill("done"),
  );
});

it("stays at the last step it reached when something is wrong", () => {
  expect(are({ status: "problem" })).toEqual(["done", "wrong", "ahead", "ahead", "ahead"]);
  expect(are({ status: "cancelled", picked_up_at: null })).toEqual([
    "wrong",
    "ahead",
    "ahead",
    "ahead",
    "ahead",
  ]);
});
