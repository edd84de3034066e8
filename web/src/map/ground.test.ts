// What stands and lies on the ground.
import { expect, it } from "vitest";

import { discs } from "./ground";
import { angle, EARTH_M } from "./sphere";

it("draws a doubt as a disc of true size, anywhere on Earth", () => {
  for (const lat of [0, 48, 71]) {
    const [disc] = discs([{ lat, lon: 179.9, radius_m: 120_000, tone: "moving" }]).features;
    const ring = disc?.geometry.coordinates[0] ?? [];
    expect(ring[0]).toEqual(ring.at(-1));
    for (const [x = 0, y = 0] of ring) {
      expect(angle([lat, 179.9], [y, x]) * EARTH_M).toBeCloseTo(120_000, -2);
    }
  }
});

it("draws none that would cover the Earth", () => {
  expect(discs([{ lat: 0, lon: 0, radius_m: 5_000_000, tone: "moving" }]).features).toEqual([]);
});
