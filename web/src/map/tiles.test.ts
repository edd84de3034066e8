// Which tiles a view needs.
import { expect, it } from "vitest";

import { fromAfar, tilesOf } from "./tiles";

it("takes the whole world in sixteen tiles from afar", () => {
  const names = tilesOf({ west: -180, south: -80, east: 180, north: 80 }, 1.2);
  expect(names).toHaveLength(16);
  expect(new Set(names).size).toBe(16);
});

it("takes the whole world also where a part of it is seen from afar", () => {
  const view = { west: -10, south: 35, east: 40, north: 65 };
  expect(tilesOf(view, 2.5)).toHaveLength(16);
  expect(fromAfar(2.5)).toBe(true);
  expect(tilesOf(view, 2.7).every((it) => it.startsWith("3/"))).toBe(true);
});

it("covers what is seen, the middle first, and never more than a view's share", () => {
  const view = { west: 5, south: 46, east: 15, north: 55 };
  const names = tilesOf(view, 5.5);
  expect(names.length).toBeLessThanOrEqual(24);
  expect(names[0]).toMatch(/^6\/3[23]\/2[12]$/);
  expect(tilesOf(view, 19).length).toBeLessThanOrEqual(24);
});

it("goes around the antimeridian", () => {
  const names = tilesOf({ west: 170, south: -20, east: 190, north: -10 }, 3.5);
  expect(names.map((it) => it.split("/")[1]).sort()).toContain("0");
  expect(names.map((it) => it.split("/")[1])).toContain("15");
});
