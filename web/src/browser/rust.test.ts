// The WebAssembly as it is built, asked what the Rust tests were asked.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { beforeAll, describe, expect, test } from "vitest";

import { proofs as says } from "../words/en/proofs";
import { vocabulary } from "./generated/browser.js";
import { inspect, type Log, type Told } from "./inspection";
import { recognise } from "./numbers";
import { BASES, KINDS, MODES, Scene } from "./scene";
import { overhead } from "./sky";
import { built, start } from "./started";
import { Trail, type TrackPoint } from "./trail";

interface Vectors {
  map: {
    tile: string;
    zoom: number;
    x: number;
    y: number;
    places: {
      at: number;
      key: string;
      lon: number;
      lat: number;
      height: number | null;
      course: number | null;
    }[];
  };
  trail: {
    rows: number[];
    bases: number[];
    heard: [number, number, number, number, number, number, number][];
    spots: { at: number; told: (number | null)[] }[];
  };
  numbers: { text: string; candidates: [string, string, string, number][] }[];
  sky: { at: number; overhead: number[] };
  log: {
    key: string;
    checkpoint: string;
    before: string;
    whole: string;
    tiles: Record<string, string>;
    entries: Told[];
  };
}

const file = new URL("../../../crates/browser/tests/vectors.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const MILLIMETRE = 0.001;

let memory: WebAssembly.Memory;
beforeAll(() => {
  memory = start();
});

/** Metres between two points near each other. */
function apart(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const east = ((a.lon - b.lon + 540) % 360) - 180;
  const metres = 111_320;
  return Math.hypot(a.lat - b.lat, east * Math.cos((a.lat * Math.PI) / 180)) * metres;
}

function scene(): Scene {
  const it = new Scene(memory);
  const { zoom, x, y, tile } = vectors.map;
  it.putTile(zoom, x, y, hex(tile), it.ask());
  it.arrange();
  return it;
}

test("it weighs less than it may", () => {
  expect(gzipSync(readFileSync(built)).length).toBeLessThan(300_000);
});

test("numbers in columns mean the same here and there", () => {
  const words = vocabulary();
  expect(words).toEqual([
    ...KINDS.map((it, number) => `kind:${number}:${it}`),
    ...MODES.flatMap((it, number) => (it === null ? [] : [`mode:${number}:${it}`])),
    ...BASES.map((it, number) => `basis:${number}:${it}`),
  ]);
});

describe("a scene", () => {
  test("has everything within a millimetre of where Rust has it, by columns and offsets", () => {
    const it = scene();
    for (const wanted of vectors.map.places) {
      const origin = { lon: 179.5, lat: 35 };
      it.place(wanted.at, origin.lon, origin.lat);
      const slot = it.slotOf(wanted.key) ?? -1;
      const { positions, offsets, courses } = it.columns;
      const [lon = NaN, lat = NaN, height = NaN] = positions.subarray(slot * 3);
      expect(apart({ lon, lat }, wanted)).toBeLessThan(MILLIMETRE);
      expect(height).toBeCloseTo(wanted.height ?? 0, 2);
      const [east = NaN, north = NaN] = offsets.subarray(slot * 3);
      expect(north).toBeCloseTo(lat - origin.lat, 4);
      expect(Math.abs(east)).toBeLessThanOrEqual(180);
      expect(((east - (lon - origin.lon) + 540) % 360) - 180).toBeCloseTo(0, 4);
      if (wanted.course !== null) expect(courses[slot]).toBeCloseTo(wanted.course, 0);
    }
    it.free();
  });

  test("knows what is where", () => {
    const it = scene();
    const { count, moving, clusters, kinds, packages, modes } = it.columns;
    expect([count, moving, clusters.count]).toEqual([7, 5, 1]);
    const truck = it.slotOf("01" + "04".repeat(16)) ?? -1;
    expect([KINDS[kinds[truck] ?? 99], MODES[modes[truck] ?? 99], packages[truck]]).toEqual([
      "truck",
      "road",
      40,
    ]);
    expect([...clusters.positions]).toEqual([13.4, 52.5]);
    expect([...clusters.packages]).toEqual([400]);
    it.place(vectors.map.places[0]?.at ?? 0);
    expect(it.sums()).toMatchObject({ packages: 680, attention: 10 });
    const berlin = { west: 13, south: 52, east: 14, north: 53 };
    expect(it.sums(berlin)).toMatchObject({ packages: 400, resting: 397, together: 0 });
    expect(it.carriers).toEqual(["dhl", "ups"]);
    const path = it.pathOf(truck);
    expect(path.map((point) => point.height)).toEqual([500, 505.5, null]);
    expect(it.subjectOf(truck)).toMatch(/^ctr_/);
    it.free();
  });

  test("lets discs grow in silence", () => {
    const it = scene();
    const now = vectors.map.places[0]?.at ?? 0;
    const slot = it.slotOf("00" + "06".repeat(16)) ?? -1;
    it.age(now);
    const fresh = it.columns.radii[slot] ?? NaN;
    it.age(now + 3_600_000);
    const { radii, ages } = it.columns;
    expect(radii[slot]).toBeGreaterThan(fresh);
    expect(ages[slot]).toBeGreaterThan(3_600);
    it.free();
  });

  test("takes news as streams tell them", () => {
    const it = scene();
    const key = "01" + "04".repeat(16);
    const holder = {
      key,
      kind: "truck",
      mode: "road" as const,
      packages: 5,
      problems: 1,
      radius_95_m: 12,
      as_of: "2026-06-21T12:00:00Z",
      path: [{ at: "2026-06-21T12:00:00Z", lat: 1.5, lon: 2.5 }],
    };
    expect(it.take({ key, holder, seq: "2", prev: "1" })).toBe(true);
    it.arrange();
    const slot = it.slotOf(key) ?? -1;
    expect([...it.columns.positions.subarray(slot * 3, slot * 3 + 3)]).toEqual([2.5, 1.5, 0]);
    expect(it.take({ key, holder: null, seq: "3", prev: "2" })).toBe(true);
    it.arrange();
    expect(it.slotOf(key)).toBeNull();
    expect(() => it.putTile(0, 0, 0, new Uint8Array([9, 9]), it.ask())).toThrow(/version/);
    expect(it.arrange()).toBe(false);
    it.free();
  });
});

test("a trail is where Rust has it, along its track and after what was measured", () => {
  const { rows, bases, heard, spots } = vectors.trail;
  const track = bases.map((basis, index): TrackPoint => {
    const [at = 0, lon = 0, lat = 0, height = 0, radius = 0] = rows.slice(index * 5);
    return { at, lon, lat, height, radius, basis: BASES[basis] ?? "predicted" };
  });
  const trail = new Trail("road", track);
  for (const [at, lon, lat, height_m, radius_95_m, speed_m_s, course_deg] of heard) {
    const position = { lon, lat, height_m, datum: "ellipsoid" as const };
    const measured = { position, radius_95_m, speed_m_s, course_deg };
    trail.heard({ at: new Date(at).toISOString(), measured });
  }
  for (const { at, told } of spots) {
    const [lon, lat, height, course, radius, basis, asOf] = told.map((it) => it ?? NaN);
    const spot = trail.at(at);
    if (!spot || lon === undefined || lat === undefined) throw new Error("it is somewhere");
    expect(apart(spot, { lon, lat })).toBeLessThan(MILLIMETRE);
    expect(spot.height).toBeCloseTo(height ?? NaN, 3);
    expect(spot.radius).toBeCloseTo(radius ?? NaN, 3);
    expect(spot.course ?? NaN).toSatisfy(
      (it: number) => Object.is(it, course) || Math.abs(it - (course ?? NaN)) < 0.001,
    );
    expect(BASES.indexOf(spot.basis)).toBe(basis);
    expect(spot.asOf).toBe(asOf);
  }
  trail.free();
});

test.each(vectors.numbers)("$text is recognised as Rust does", ({ text, candidates }) => {
  const told = recognise(text).map((it) => [it.scheme, it.name, it.fit, it.missing]);
  expect(told).toEqual(candidates);
});

test("the sun stands where Rust has it", () => {
  const { at, overhead: sun } = vectors.sky;
  expect(overhead(at)).toEqual(sun);
});

describe("entries", () => {
  const { key, checkpoint, before, whole, tiles, entries } = vectors.log;
  const log = (changed: Record<string, string> = {}): Log => ({
    key,
    checkpoint,
    tile: (path) => {
      const tile = { ...tiles, ...changed }[path];
      return Promise.resolve(tile === undefined ? null : hex(tile));
    },
  });
  const seen = { key, checkpoint: before };

  test("that are as they were are found in the log, which only grew", async () => {
    const found = await inspect(whole, entries, log(), seen);
    expect(found).toMatchObject({ checked: 5, waiting: 0, wrong: [] });
    expect(found.seen?.checkpoint).toBe(checkpoint);
    const late = entries.map((it) => ({ ...it, index: it.seq === 5 ? null : (it.index ?? null) }));
    expect(await inspect(whole, late, log(), null)).toMatchObject({ checked: 4, waiting: 1 });
  });

  test("that are altered, left out or not in the log are told", async () => {
    const why = async (told: readonly Told[], at = log(), remembered = seen) => {
      const { wrong } = await inspect(whole, told, at, remembered);
      wrong.forEach((it) => expect(says[it.why]).toBeTruthy());
      return wrong.map((it) => [it.seq, it.why]);
    };
    const altered = entries.map((it) =>
      it.seq === 2 ? { ...it, leaf: it.leaf.replace("scanned", "damaged") } : it,
    );
    expect(await why(altered)).toEqual([
      [2, "other_hash"],
      [3, "other_past"],
    ]);
    expect(await why(entries.filter((it) => it.seq !== 3))).toEqual([[4, "missing"]]);
    const broken = (path: string) => {
      const tile = tiles[path] ?? "";
      return log({ [path]: tile.replace(/^../, tile.startsWith("00") ? "ff" : "00") });
    };
    expect(await why(entries, broken("tile/0/000"))).toContainEqual([1, "other_entry"]);
    expect(await why(entries, broken("tile/1/000.p/2"))).toContainEqual([null, "rewritten"]);
    const without = { ...log(), tile: () => Promise.resolve(null) };
    expect(await why(entries, without)).toContainEqual([null, "no_tile"]);
    const forgotten = { key, checkpoint: "damaged" };
    expect(await why(entries, log(), forgotten)).toEqual([]);
    expect(await why(entries, { ...log(), checkpoint: "nonsense" })).toEqual([[null, "unsigned"]]);
    const future = { key, checkpoint };
    expect(await why(entries, { ...log(), checkpoint: before }, future)).toContainEqual([
      null,
      "set_back",
    ]);
  });
});
