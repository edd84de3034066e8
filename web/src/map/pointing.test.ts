// What is under the pointer, and views that show all of something.
import { expect, it } from "vitest";

import { framing, framingRaised, fromAbove } from "./frame";
import { hitAt } from "./pointing";
import type { Dot, Mark, View } from "./marks";

const view: View = {
  zoom: 3,
  sees: (lat) => lat < 50,
  project: (lon, lat, height) => [lon * 10, lat * 10 - height / 1000],
};
const mark = (slot: number, lat: number, lon: number, height_m = 0): Mark => ({
  slot,
  lat,
  lon,
  height_m,
  shape: "plane",
  drawn: "solid",
  turned: 0,
  size: 14,
  colour: [0, 0, 0, 255],
  on: false,
});
const dot = (key: number, lat: number, lon: number, radius: number): Dot => ({
  key,
  lat,
  lon,
  crowd: true,
  tone: "resting",
  radius,
  alpha: 1,
  packages: 1,
  count: "1",
});

it("finds the nearest where it is drawn, at its height", () => {
  const marks = [mark(1, 10, 10), mark(2, 10, 10, 60_000)];
  expect(hitAt(100, 41, marks, [], view)?.slot).toBe(2);
  expect(hitAt(101, 99, marks, [], view)?.slot).toBe(1);
  expect(hitAt(300, 300, marks, [], view)).toBeNull();
});

it("takes a crowd's edge, and never what the Earth hides", () => {
  expect(hitAt(130, 100, [], [dot(7, 10, 10, 24)], view)?.dot?.key).toBe(7);
  expect(hitAt(100, 600, [mark(3, 60, 10)], [], view)).toBeNull();
});

it("frames a way across the antimeridian without going around the Earth", () => {
  const screen = { width: 800, height: 600 };
  const found = framing(
    [
      [10, 175],
      [20, -170],
    ],
    screen,
  );
  expect(Math.abs((found?.lon ?? 0) - -177.5)).toBeLessThan(0.1);
  expect(found?.zoom).toBeGreaterThan(3);
  expect(framing([], screen)).toBeNull();
  expect(framing([[48, 11]], screen)?.zoom).toBeLessThanOrEqual(14);
});

it("frames a flight as high as it is drawn", () => {
  const screen = { width: 800, height: 600 };
  const way = [
    { lat: 40, lon: -90, height: 0 },
    { lat: 41, lon: -86, height: 11_000 },
  ];
  const flat = framingRaised(
    way.map((it) => ({ ...it, height: null })),
    screen,
    42,
  );
  const raised = framingRaised(way, screen, 42);
  expect(flat).toMatchObject({ pitch: 42, bearing: 0 });
  // Seen from the south, what is high stands further up.
  expect(raised?.lat).toBeGreaterThan((flat?.lat ?? 0) + 0.3);
  expect(raised?.zoom).toBeLessThan((flat?.zoom ?? 0) + 0.01);
  expect(framingRaised([], screen, 42)).toBeNull();
});

it("shows what is all around the Earth from where most of it is, and never from a pole", () => {
  const screen = { width: 800, height: 600 };
  const found = fromAbove(
    [
      [40, -90],
      [42, -80],
      [55, 10],
      [36, 128],
    ],
    screen,
  );
  expect(found?.lat).toBe(35);
  expect(Math.abs((found?.lon ?? 0) - -90)).toBeLessThan(60);
  expect(fromAbove([[48, 11]], screen)?.zoom).toBe(4.5);
  expect(fromAbove([], screen)).toBeNull();
});
