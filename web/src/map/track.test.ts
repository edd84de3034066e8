// Tracks in space, the profile of their heights, and views in addresses.
import { expect, it } from "vitest";

import type { Kind } from "../browser/scene";
import type { TrackPoint } from "../browser/trail";
import { areaOf } from "./profile";
import { readTrack, trackLines, tripAt } from "./track";
import { mostInteresting } from "./tour";
import { HOME, readView, writeView } from "./where";

const point = (
  at: number,
  lon: number,
  height: number | null,
  basis: TrackPoint["basis"] = "measured",
): TrackPoint => ({
  at,
  lat: 0,
  lon,
  height,
  basis,
  radius: 10,
});

it("reads a track in the order of time", () => {
  const feature = (at: string, coordinates: number[]) => ({
    geometry: { type: "Point", coordinates },
    properties: { at, basis: "measured", radius_95_m: 8 },
  });
  const answer = {
    features: [
      { geometry: { type: "MultiLineString", coordinates: [] }, properties: {} },
      feature("2026-11-26T05:00:00Z", [2, 1, 300]),
      feature("2026-11-26T04:00:00Z", [1, 1]),
    ],
  };
  expect(readTrack(answer).map((it) => [it.lon, it.height])).toEqual([
    [1, 300],
    [2, 300],
  ]);
  expect(readTrack({})).toEqual([]);
});

it("does not fall to the sea where nobody measured a height between two that are known", () => {
  const feature = (minute: number, height?: number) => ({
    geometry: {
      type: "Point",
      coordinates: [minute, 1, ...(height === undefined ? [] : [height])],
    },
    properties: {
      at: `2026-11-26T05:${String(minute).padStart(2, "0")}:00Z`,
      basis: "measured",
      radius_95_m: 8,
    },
  });
  const heights = (features: object[]) => readTrack({ features }).map((it) => it.height);
  const way = [feature(0), feature(10, 150), feature(20), feature(30), feature(40, 300)];
  expect(heights([...way, feature(50)])).toEqual([150, 150, 200, 250, 300, 300]);
  expect(heights([feature(0), feature(10)])).toEqual([null, null]);
});

it("hangs a curtain below the line, and a shadow on the ground", () => {
  const lines = trackLines([point(0, 0, 9000), point(10, 3, 9000)], 10, 40, [1, 2, 3], [9, 9, 9]);
  const upright = lines.filter((it) => it.from[2] === 0 && it.to[2] > 0);
  const shadow = lines.filter((it) => it.from[2] === 0 && it.to[2] === 0);
  const above = lines.filter((it) => it.from[2] > 0);
  expect(upright.length).toBeGreaterThan(0);
  expect(shadow.length).toBe(above.length);
  expect(above[0]?.to[2]).toBe(360_000);
});

it("dashes what is estimated and dims what is to come", () => {
  const of = (basis: TrackPoint["basis"], at: number) =>
    trackLines([point(0, 0, 0), point(10, 5, 0, basis)], at, 1, [1, 2, 3], [9, 9, 9]);
  expect(of("interpolated", 10).length).toBeLessThan(of("measured", 10).length);
  expect(of("measured", -1)[0]?.colour[3]).toBeLessThan(of("measured", 10)[0]?.colour[3] ?? 0);
});

it("crosses the antimeridian without a line around the Earth", () => {
  const lines = trackLines([point(0, 179, 0), point(10, -179, 0)], 10, 1, [1, 2, 3], [9, 9, 9]);
  for (const { from, to } of lines) expect(Math.abs(from[0] - to[0])).toBeLessThan(5);
});

it("draws heights as a hill", () => {
  const { line, fill } = areaOf([point(0, 0, 0), point(50, 1, 10_000), point(100, 2, 0)], 300, 56);
  expect(line).toBe("M0 56L150 6L300 56");
  expect(fill.endsWith("L300 56L0 56Z")).toBe(true);
  expect(areaOf([], 300, 56)).toEqual({ line: "", fill: "" });
});

it("keeps the view in the address and finds it again", () => {
  const camera = { lat: 48.12345, lon: 371.5, zoom: 7.25, pitch: 40, bearing: -20 };
  const at = Date.parse("2026-11-20T16:00:00Z");
  const written = writeView({ camera, flat: true, colouring: "mode", at, chosen: null });
  const text = new URLSearchParams(
    Object.entries(written).filter((it): it is [string, string] => Boolean(it[1])),
  );
  const read = readView(text);
  expect(read).toMatchObject({ flat: true, colouring: "mode", at, selected: null, given: true });
  expect(read.camera.lat).toBeCloseTo(48.1235, 3);
  expect(read.camera.lon).toBeCloseTo(11.5, 3);
  expect(readView(new URLSearchParams("lat=nonsense&zoom=99")).camera).toMatchObject({
    lat: HOME.lat,
    zoom: 20,
  });
  expect(readView(new URLSearchParams()).given).toBe(false);
});

it("finds the flight that is worth a look", () => {
  const flight = (slot: number, packages: number, height_m: number, kind: Kind = "aircraft") => ({
    slot,
    lat: 0,
    lon: 0,
    height_m,
    course: 90,
    speed_mps: 200,
    radius_95_m: 9,
    age_s: 0,
    kind,
    mode: "air" as const,
    basis: "measured" as const,
    carrier: null,
    packages,
    problems: 0,
    travels: true,
  });
  const [low, few, many, guess] = [
    flight(1, 99, 200),
    flight(2, 2, 11_000),
    flight(3, 40, 11_000),
    flight(4, 80, 11_000, "lane"),
  ];
  expect(mostInteresting([low, few, many, guess])?.slot).toBe(3);
  expect(mostInteresting([])).toBeNull();
});

it("shows the last trip of what travels all the time", () => {
  const minutes = 60_000;
  const there = [point(0, 0, 0), point(30 * minutes, 5, 9000), point(60 * minutes, 9, 0)];
  const halt = [point(90 * minutes, 9, 0), point(200 * minutes, 9, 0)];
  const back = [point(230 * minutes, 5, 9000), point(240 * minutes, 3, 9000)];
  const whole = [...there, ...halt, ...back];
  expect(tripAt(whole, Infinity)[0]?.at).toBe(200 * minutes);
  const before = tripAt(whole, there[1]?.at ?? NaN);
  expect(before.slice(0, there.length)).toEqual(there);
  expect(before.at(-1)?.at).toBe(200 * minutes);
  expect(tripAt(there, Infinity)).toHaveLength(3);
  expect(tripAt([], 0)).toEqual([]);
});
