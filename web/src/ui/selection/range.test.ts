// What a tick selects.
import { expect, it } from "vitest";

import { ticked } from "./range";

const LISTED = ["a", "b", "c", "d", "e"];
const after = (before: string[], id: string, from: string | null = null): string[] =>
  [...ticked(new Set(before), LISTED, id, from)].sort();

it("selects one, and lets go of it", () => {
  expect(after([], "b")).toEqual(["b"]);
  expect(after(["b", "d"], "b")).toEqual(["d"]);
});

it("selects all from the last tick to this one, up or down, and lets go of all of them", () => {
  expect(after(["b"], "d", "b")).toEqual(["b", "c", "d"]);
  expect(after(["d"], "b", "d")).toEqual(["b", "c", "d"]);
  expect(after(["a", "b", "c", "d"], "c", "a")).toEqual(["d"]);
});

it("leaves what is not in the list, and ticks one where the last tick is gone", () => {
  expect(after(["x"], "c", "x")).toEqual(["c", "x"]);
  expect(after(["x"], "c", null)).toEqual(["c", "x"]);
});
