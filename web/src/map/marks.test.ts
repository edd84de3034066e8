// From what is known to what is drawn.
import { expect, it } from "vitest";

import { exaggeration, timesLabel } from "./heights";
import { fence, grid, gridStep } from "./ground";
import type { Seen } from "./holders";
import { dotsOf, drawnAs, heard, marksOf, short, toneOf, type Look, type View } from "./marks";

const MINUTE_S = 60;
const look: Look = { theme: "dark", colouring: "status", carriers: [], taller: 1 };
const view: View = { zoom: 3, sees: () => true, project: (lon, lat) => [lon * 10, -lat * 10] };

function seen(changes: Partial<Seen> = {}): Seen {
  return {
    slot: 0,
    lat: 0,
    lon: 5,
    height_m: 10_000,
    course: 90,
    speed_mps: 200,
    radius_95_m: 20,
    age_s: 0,
    kind: "aircraft",
    mode: "air",
    basis: "measured",
    carrier: "ups",
    packages: 10,
    problems: 0,
    travels: true,
    ...changes,
  };
}

const still = seen({ kind: "facility", mode: null, travels: false, course: null, height_m: 0 });
const none = new Set<number>();

it("draws heights forty times from afar and true from near, and says so", () => {
  expect(exaggeration(1)).toBe(40);
  expect(exaggeration(14)).toBe(1);
  expect(exaggeration(8)).toBeGreaterThan(exaggeration(9));
  expect(exaggeration(2, 0.5)).toBe(20);
  expect([40, 6.53, 1].map(timesLabel)).toEqual(["40", "6.5", "1"]);
  const [mark] = marksOf([seen()], look, view, none);
  expect(mark).toMatchObject({ height_m: 400_000, shape: "plane", lon: 5 });
});

it("turns what flies east to the right, whatever the projection", () => {
  const [mark] = marksOf([seen()], look, view, none);
  expect(mark?.turned).toBeCloseTo(-90, 1);
});

it("never draws an estimate as if somebody had seen it", () => {
  const drawn = (["measured", "inherited", "interpolated", "predicted"] as const).map(drawnAs);
  expect(new Set(drawn).size).toBe(4);
  const [mark] = marksOf([seen({ kind: "lane", basis: "interpolated" })], look, view, none);
  expect(mark?.drawn).toBe("outline");
  const [measured] = marksOf([seen()], look, view, none);
  expect(measured?.drawn).toBe("solid");
});

it("has a front only where it goes somewhere", () => {
  const shapes = [seen(), seen({ mode: "sea" }), seen({ course: null })].map(
    (it) => marksOf([it], look, view, none)[0]?.shape,
  );
  expect(shapes).toEqual(["plane", "ship", "dot"]);
});

it("fades what is silent, and never hides it", () => {
  expect(heard(seen())).toBe(1);
  expect(heard(seen({ age_s: 3 * 60 * MINUTE_S }))).toBeLessThan(0.9);
  expect(heard(seen({ age_s: 9e9, basis: "predicted" }))).toBeCloseTo(0.4);
  expect(heard(seen({ age_s: 9e9, basis: "scanned" }))).toBe(1);
});

it("leaves out what the Earth hides, and draws the chosen one last", () => {
  const hidden: View = { ...view, sees: (_, lon) => lon > 100 };
  expect(marksOf([seen()], look, hidden, none)).toHaveLength(0);
  const two = marksOf([seen(), seen({ slot: 1 })], look, view, new Set([0]));
  expect(two.map((it) => it.slot)).toEqual([1, 0]);
});

it("stands what flies on a stalk", () => {
  const [stalk] = fence(marksOf([seen()], look, view, none));
  expect(stalk?.from[2]).toBe(0);
  expect(stalk?.to[2]).toBe(400_000);
  expect(fence(marksOf([seen({ height_m: 0 })], look, view, none))).toEqual([]);
});

it("colours by what is asked", () => {
  const by = (colouring: Look["colouring"], changes: Partial<Seen>) =>
    toneOf(seen(changes), { colouring, carriers: ["dhl", "ups"] });
  expect(by("status", { problems: 1 })).toBe("attention");
  expect(toneOf(still, look)).toBe("resting");
  expect(by("mode", { mode: "sea" })).toBe("sea");
  expect(by("age", { age_s: 30 * MINUTE_S })).toBe("hour");
  expect([by("carrier", {}), by("carrier", { carrier: null })]).toEqual(["second", "still"]);
});

it("draws crowds with their count and what rests by itself", () => {
  const crowd = { nth: 0, lat: 1, lon: 1, holders: 3, packages: 1234, problems: 0 };
  const dots = dotsOf([still], [crowd], look);
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
