// Where things on a path are.
import { expect, it } from "vitest";

import { angle, bearing, between, EARTH_M, isMoving, spotAt, towards, type Path } from "./motion";

const flight: Path = {
  at: [0, 60_000, 120_000],
  lat: [0, 0, 0],
  lon: [0, 1, 2],
  height_m: [0, 9000, null],
};

it("moves evenly along the great circle, and climbs as it does", () => {
  const spot = spotAt(flight, 30_000);
  expect(spot.lon).toBeCloseTo(0.5, 9);
  expect(spot.height_m).toBeCloseTo(4500, 6);
  expect(spot.heading).toBeCloseTo(90, 6);
  expect(spot.speed_mps).toBeCloseTo(((Math.PI / 180) * EARTH_M) / 60, 3);
});

it("rests before the first point and after the last", () => {
  expect(spotAt(flight, -5)).toMatchObject({ lon: 0, heading: null, speed_mps: 0 });
  expect(spotAt(flight, 500_000)).toMatchObject({ lon: 2, heading: null });
  expect(isMoving(flight, -5)).toBe(false);
  expect(isMoving(flight, 119_999)).toBe(true);
  expect(isMoving(flight, 120_000)).toBe(false);
});

it("keeps the last height that was told where nobody tells another", () => {
  expect(spotAt(flight, 90_000).height_m).toBe(9000);
  expect(spotAt(flight, 130_000).height_m).toBe(9000);
});

it("goes the short way over the antimeridian", () => {
  const [, lon] = between([10, 179], [10, -179], 0.5);
  expect(Math.abs(lon)).toBeCloseTo(180, 6);
});

it("finds its way back", () => {
  const there = towards([48, 11], 237, 1_234_000);
  expect(angle([48, 11], there) * EARTH_M).toBeCloseTo(1_234_000, 0);
  expect(bearing([48, 11], there)).toBeCloseTo(237, 6);
});
