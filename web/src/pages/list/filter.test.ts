// Filters in the address.
import { expect, it } from "vitest";

import { exportHref, filterOf, isNarrowed, tilesOf } from "./filter";

it("reads what it knows from the address and leaves the rest", () => {
  const filter = filterOf(
    new URLSearchParams("q=+55441+&status=held&mode=teleport&selected=x&client="),
  );
  expect(filter).toEqual({ q: "55441", status: "held" });
});

it("exports exactly what is shown", () => {
  expect(exportHref({ q: "a b", carrier: "ups" })).toBe("/v1/exports?q=a+b&carrier=ups&format=csv");
});

it("knows a filter from a search", () => {
  expect(isNarrowed({ q: "x" })).toBe(false);
  expect(isNarrowed({ mode: "air" })).toBe(true);
});

it("knows what the map's tiles can be narrowed to", () => {
  expect(tilesOf({})).toEqual({});
  expect(tilesOf({ mode: "air" })).toEqual({ mode: "air" });
  expect(tilesOf({ q: "x" })).toBeNull();
  expect(tilesOf({ mode: "air", status: "held" })).toBeNull();
});
