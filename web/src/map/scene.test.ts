// From what is known to what is drawn.
import { expect, it } from "vitest";

import { exaggeration, timesLabel } from "./heights";
import type { Holder } from "./holders";
import { fence, grid, gridStep } from "./ground";
import { dotsOf, heard, marksOf, short, toneOf, type Look, type View } from "./scene";
import { sumsOf } from "./sums";

const NOW = 1_000_000;
const MINUTE_MS = 60_000;
const look: Look = { theme: "dark", colouring: "status", taller: 1 };
const view: View = { zoom: 3, sees: () => true, project: (lon, lat) => [lon * 10, -lat * 10] };

function holder(changes: Partial<Holder> = {}): Holder {
  const path = { at: [0, 2 * NOW], lat: [0, 0], lon: [0, 10], height_m: [10_000, 10_000] };
  return {
    key: "a",
    id: "ctr_A",
    kind: "aircraft",
    mode: "air",
    packages: 10,
    problems: 0,
    radius_95_m: 20,
    as_of: NOW,
    name: "Flight 1",
    path,
    moves: true,
    ...changes,
  };
}

const resting = holder({
  key: "r",
  kind: "facility",
  mode: null,
  moves: false,
  path: { at: [0], lat: [5], lon: [5], height_m: [null] },
});

it("draws heights forty times from afar and true from near, and says so", () => {
  expect(exaggeration(1)).toBe(40);
  expect(exaggeration(14)).toBe(1);
  expect(exaggeration(8)).toBeGreaterThan(exaggeration(9));
  expect(exaggeration(2, 0.5)).toBe(20);
  expect([40, 6.53, 1].map(timesLabel)).toEqual(["40", "6.5", "1"]);
  const [mark] = marksOf([holder()], NOW, look, view, new Set());
  expect(mark).toMatchObject({ height_m: 400_000, shape: "plane" });
  expect(mark?.lon).toBeCloseTo(5, 9);
});

it("turns what flies east to the right, whatever the projection", () => {
  const [mark] = marksOf([holder()], NOW, look, view, new Set());
  expect(mark?.turned).toBeCloseTo(-90, 1);
});

it("never draws an estimate as if somebody had seen it", () => {
  const [mark] = marksOf([holder({ kind: "lane", id: null })], NOW, look, view, new Set());
  expect(mark?.shape).toBe("ring");
  expect(mark?.colour[3]).toBeLessThan(255);
});

it("fades what is silent, and never hides it", () => {
  const silent = holder({ as_of: NOW - 3 * 60 * MINUTE_MS });
  expect(heard(holder(), NOW)).toBe(1);
  expect(heard(silent, NOW)).toBeLessThan(0.9);
  expect(heard(holder({ as_of: NOW - 9e9 }), NOW)).toBeCloseTo(0.4);
});

it("leaves out what the Earth hides, and draws the chosen one last", () => {
  const hidden: View = { ...view, sees: (_, lon) => lon > 100 };
  expect(marksOf([holder()], NOW, look, hidden, new Set())).toHaveLength(0);
  const two = marksOf([holder(), holder({ key: "b" })], NOW, look, view, new Set(["a"]));
  expect(two.map((it) => it.key)).toEqual(["b", "a"]);
});

it("stands what flies on a stalk", () => {
  const marks = marksOf([holder()], NOW, look, view, new Set());
  const [stalk] = fence(marks);
  expect(stalk?.from[2]).toBe(0);
  expect(stalk?.to[2]).toBe(400_000);
  expect(
    fence(
      marksOf(
        [holder({ path: { ...holder().path, height_m: [0, 0] } })],
        NOW,
        look,
        view,
        new Set(),
      ),
    ),
  ).toEqual([]);
});

it("colours by what is asked", () => {
  expect(toneOf(holder({ problems: 1 }), NOW, "status")).toBe("attention");
  expect(toneOf(resting, NOW, "status")).toBe("resting");
  expect(toneOf(holder({ mode: "sea" }), NOW, "mode")).toBe("sea");
  expect(toneOf(holder({ as_of: NOW - 30 * MINUTE_MS }), NOW, "age")).toBe("hour");
});

it("adds up: every package is counted once", () => {
  const crowd = { lat: 1, lon: 1, holders: 3, packages: 7, problems: 2 };
  const counted = {
    holders: [holder({ problems: 1 }), resting],
    crowds: [
      { crowd, mixed: false },
      { crowd, mixed: true },
    ],
  };
  const sums = sumsOf(counted, NOW, null);
  expect(sums).toEqual({ packages: 34, moving: 9, resting: 15, attention: 5, together: 5 });
  expect(sums.moving + sums.resting + sums.attention + sums.together).toBe(sums.packages);
  const elsewhere = { west: 50, south: 0, east: 60, north: 10 };
  expect(sumsOf(counted, NOW, elsewhere).packages).toBe(0);
});

it("draws crowds with their count and what rests by itself", () => {
  const crowd = { lat: 1, lon: 1, holders: 3, packages: 1234, problems: 0 };
  const dots = dotsOf([holder(), resting], [{ crowd }], NOW, "status");
  expect(dots.map((it) => [it.crowd, it.count])).toEqual([
    [true, "1.2k"],
    [false, "10"],
  ]);
  expect([0, 999, 48_200].map(short)).toEqual(["0", "999", "48k"]);
});

it("lays a grid of whole metres where the basemap ends", () => {
  const near = { west: 11, south: 48, east: 11.01, north: 48.01 };
  expect(grid(near, 6).features).toEqual([]);
  expect(grid(near, 15).features.length).toBeGreaterThan(6);
  expect([1, 2, 5]).toContain(Number(String(gridStep(16, 48))[0]));
});
