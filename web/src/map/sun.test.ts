// Where it is night.
import { expect, it } from "vitest";

import { night, sunAt } from "./sun";

it("puts the sun over the tropics at the solstices and over Greenwich at noon", () => {
  const summer = sunAt(Date.parse("2026-06-21T12:00:00Z"));
  expect(summer.lat).toBeCloseTo(23.4, 1);
  expect(Math.abs(summer.lon)).toBeLessThan(1);
  expect(sunAt(Date.parse("2026-12-21T12:00:00Z")).lat).toBeCloseTo(-23.4, 1);
});

it("is dark where the sun is down, and the more the deeper it is", () => {
  const shapes = night(Date.parse("2026-11-26T00:00:00Z")).features;
  const covering = (lat: number, lon: number): number =>
    shapes.filter((it) => inside(it.geometry.coordinates[0] ?? [], lat, lon)).length;
  expect(covering(10, 0)).toBe(shapes.length);
  expect(covering(10, 180) + covering(10, -180)).toBe(0);
  // Dawn comes in steps.
  const dawn = [60, 70, 76, 80, 84, 90, 100].map((lon) => covering(0, lon));
  expect([...dawn].sort((a, b) => b - a)).toEqual(dawn);
  expect(new Set(dawn).size).toBeGreaterThan(3);
  expect(covering(85, 0)).toBe(shapes.length);
});

/** Whether a ring of longitudes and latitudes goes around a point, in any turn of the Earth. */
function inside(ring: readonly number[][], lat: number, lon: number): boolean {
  return [-360, 0, 360].some((turn) => {
    let within = false;
    for (let index = 1; index < ring.length; index++) {
      const [x0 = 0, y0 = 0] = ring[index - 1] ?? [];
      const [x1 = 0, y1 = 0] = ring[index] ?? [];
      const crosses = y0 > lat !== y1 > lat;
      if (crosses && lon + turn < ((x1 - x0) * (lat - y0)) / (y1 - y0) + x0) within = !within;
    }
    return within;
  });
}
