// Points on a sphere.
import { expect, it } from "vitest";

import { angle, between, EARTH_M, towards } from "./sphere";

it("goes the short way over the antimeridian", () => {
  const [, lon] = between([10, 179], [10, -179], 0.5);
  expect(Math.abs(lon)).toBeCloseTo(180, 6);
});

it("goes as far as it was told to", () => {
  const there = towards([48, 11], 237, 1_234_000);
  expect(angle([48, 11], there) * EARTH_M).toBeCloseTo(1_234_000, 0);
  expect(there[0]).toBeLessThan(48);
  expect(there[1]).toBeLessThan(11);
});
