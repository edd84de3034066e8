// A place cut open.
import { expect, it } from "vitest";

import { inside, type Level, type Stand } from "./inside";
import { angle, EARTH_M } from "./sphere";

const shelf = (id: string, holds: number) => ({ id, text: id, holds, problem: false });
const levels: Level[] = [
  { name: "Floor 1", above_m: 4, parts: [shelf("a", 120), shelf("b", 30), shelf("c", 0)] },
  { name: "Ground", above_m: 0, parts: [] },
];
const colours = { colour: [1, 2, 3], bad: [7, 8, 9], edge: [4, 5, 6] } as const;
const stand: Stand = { lat: 50, lon: 8, course: 0, half_m: 40, base_m: 0, times: 3, tallest_m: 8 };

it("puts each floor at its height and everything on it", () => {
  const { solids, tags } = inside(levels, stand, colours);
  const plates = solids.filter((it) => it.tall_m === 0);
  expect(plates.map((it) => it.polygon[0]?.[2])).toEqual([0, 12]);
  const blocks = solids.filter((it) => it.tall_m > 0);
  expect(blocks).toHaveLength(3);
  expect(blocks.every((it) => it.polygon[0]?.[2] === 12)).toBe(true);
  const [full = 0, some = 0, none = 0] = blocks.map((it) => it.tall_m);
  expect(full).toBeGreaterThan(some);
  expect(some).toBeGreaterThan(none);
  expect(tags.map((it) => it.text)).toEqual(["Ground", "Floor 1", "a", "b", "c"]);
});

it("is as wide as it is told, and turns with what carries it", () => {
  for (const course of [0, 45, 230]) {
    const { solids } = inside(levels, { ...stand, course }, colours);
    const [a, b] = solids[0]?.polygon ?? [];
    const far = angle([a?.[1] ?? 0, a?.[0] ?? 0], [b?.[1] ?? 0, b?.[0] ?? 0]) * EARTH_M;
    expect(far).toBeGreaterThan(79);
    expect(far).toBeLessThan(81);
  }
});

it("keeps every block on its plate, beside the others", () => {
  const parts = Array.from({ length: 11 }, (_, nth) => shelf(String(nth), nth));
  const { solids } = inside([{ name: null, above_m: 0, parts }], stand, colours);
  const [plate, ...blocks] = solids;
  const range = (corners: readonly (readonly number[])[], axis: number) => {
    const all = corners.map((it) => it[axis] ?? 0);
    return [Math.min(...all), Math.max(...all)] as const;
  };
  for (const axis of [0, 1]) {
    const [least, most] = range(plate?.polygon ?? [], axis);
    for (const block of blocks) {
      expect(range(block.polygon, axis)[0]).toBeGreaterThan(least);
      expect(range(block.polygon, axis)[1]).toBeLessThan(most);
    }
  }
  const middles = blocks.map((it) => it.polygon[0]?.slice(0, 2).join());
  expect(new Set(middles).size).toBe(11);
});

it("colours its parts, those with a problem apart, and neither plates nor what is empty", () => {
  const parts = [shelf("a", 4), { ...shelf("b", 4), problem: true }, shelf("c", 0)];
  const { solids } = inside([{ name: null, above_m: 0, parts }], stand, colours);
  const { colour, bad, edge } = colours;
  expect(solids.map((it) => it.colour.slice(0, 3))).toEqual([edge, colour, bad, edge]);
});
