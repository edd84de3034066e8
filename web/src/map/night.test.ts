// Where it is night.
import { beforeAll, expect, it } from "vitest";

import { start } from "../browser/started";
import { light, night } from "./night";

beforeAll(start);

it("lights the globe from where the sun stands", () => {
  // What MapLibre makes of a light: a vector whose opposite leads to the sun.
  const cartesian = (at: string): number[] => {
    const [r, azimuth, polar] = light(Date.parse(at));
    const [a, p] = [((azimuth + 90) * Math.PI) / 180, (polar * Math.PI) / 180];
    return [Math.cos(a) * Math.sin(p), Math.sin(a) * Math.sin(p), Math.cos(p)].map((it) => -it * r);
  };
  // Noon in Greenwich in November: out of the Earth at 0, 0, and south of it.
  const [east = 0, north = 0, out = 0] = cartesian("2026-11-26T11:48:00Z");
  expect(Math.abs(east)).toBeLessThan(0.02);
  expect(north).toBeCloseTo(-1.5 * Math.sin((21 * Math.PI) / 180), 1);
  expect(out).toBeGreaterThan(1.3);
  // Six hours before, over the Indian Ocean.
  expect(cartesian("2026-11-26T05:48:00Z")[0]).toBeGreaterThan(1.3);
});

it("is dark where the sun is down, and the more the deeper it is", () => {
  const shapes = night(Date.parse("2026-11-26T00:00:00Z")).features;
  const at = (lat: number, lon: number): number[] =>
    shapes
      .filter((it) => inside(it.geometry.coordinates[0] ?? [], lat, lon))
      .map((it) => it.properties.depth);
  expect(at(10, 0.5)).toEqual([1]);
  expect(at(85, 0.5)).toEqual([1]);
  expect([...at(10, 180), ...at(10, -180)]).toEqual([]);
  // Dawn comes in steps, and nowhere is painted twice.
  const dawn = [60.5, 70.5, 76.5, 80.5, 84.5, 90.5, 100.5].map((lon) => at(0.1, lon));
  expect(dawn.every((it) => it.length <= 1)).toBe(true);
  const depths = dawn.map(([depth = 0]) => depth);
  expect([...depths].sort((a, b) => b - a)).toEqual(depths);
  expect(new Set(depths).size).toBeGreaterThan(3);
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
