// Bars of what happened: gathered by parts of a day, cut at the span, the busiest cut off.
import { afterEach, expect, it, vi } from "vitest";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
const { barsOf, daysOf, hoursOfBar, namedDays, outline } = await import("./activity");
const { preferences } = await import("../app/preferences.svelte");

const HOUR = 3_600_000;
const from = new Date(2026, 2, 1, 0, 0, 0).getTime();
const span = { from, until: from + 14 * 24 * HOUR };
const told = (changes: (number | null)[]) => ({ from: new Date(from).toISOString(), changes });

it("gathers hours until a bar can be seen", () => {
  expect(hoursOfBar(span, 1800)).toBe(1);
  expect(hoursOfBar(span, 700)).toBe(3);
  expect(hoursOfBar(span, 200)).toBe(12);
  expect(hoursOfBar(span, 20)).toBe(24);
});

it("adds up what happened in each bar, and shows none where nothing did", () => {
  const bars = barsOf(told([4, 2, 0, null, 0, 0, 3]), span, 3);
  expect(bars).toHaveLength(2);
  const [first, second] = bars;
  expect(first?.left).toBe(0);
  expect(second?.left).toBeCloseTo(6 / (14 * 24), 9);
  expect(first?.width).toBeCloseTo(3 / (14 * 24), 9);
  expect((second?.height ?? 0) / (first?.height ?? 1)).toBeLessThanOrEqual(1);
});

it("lets one busy hour not flatten the others, and shows the least", () => {
  const changes = Array.from({ length: 100 }, () => 10);
  changes[50] = 5000;
  changes[60] = 1;
  const heights = barsOf(told(changes), span, 1).map((it) => it.height);
  expect(heights[0]).toBe(1);
  expect(heights[50]).toBe(1);
  expect(heights[60]).toBeCloseTo(0.1, 9);
  expect(Math.min(...heights)).toBeGreaterThan(0);
});

it("leaves out what lies before the span", () => {
  const late = { from: from + 2 * HOUR, until: span.until };
  const bars = barsOf(told([5, 5, 5]), late, 1);
  expect(bars).toHaveLength(1);
  expect(bars[0]?.left).toBe(0);
});

it("draws every bar from the ground up", () => {
  const path = outline([{ left: 0.5, width: 0.1, height: 0.5 }], 100, 20);
  expect(path).toBe("M50 20V10h9V20z");
  expect(outline([], 100, 20)).toBe("");
});

afterEach(() => (preferences.zone = null));

it("names as many days as there is room for, evenly, and none past the end", () => {
  preferences.zone = "UTC";
  const until = Date.parse("2026-11-26T12:00:00Z");
  const weeks = { from: until - 14 * 24 * HOUR, until };
  const named = (width: number) =>
    namedDays(weeks, width).flatMap((it) => (it.named ? [new Date(it.at).getUTCDate()] : []));
  expect(named(1400)).toEqual([26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13]);
  expect(named(700)).toEqual([25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13]);
  expect(named(240)).toEqual([23, 20, 17, 14]);
  expect(namedDays(weeks, 240)).toHaveLength(14);
  expect(namedDays(weeks, 700)[2]?.name).toBe("Tue 24");
});

it("has days and bars of the zone that somebody chose, not of the device", () => {
  const until = Date.parse("2026-11-26T12:00:00Z");
  const two = { from: until - 48 * HOUR, until };
  preferences.zone = "Pacific/Auckland";
  const auckland = daysOf(two);
  expect(auckland.map((it) => new Date(it.at).toISOString())).toEqual([
    "2026-11-26T11:00:00.000Z",
    "2026-11-25T11:00:00.000Z",
  ]);
  expect(auckland[0]?.name).toMatch(/^Fri/);
  preferences.zone = "America/Los_Angeles";
  expect(daysOf(two).map((it) => new Date(it.at).toISOString())).toEqual([
    "2026-11-26T08:00:00.000Z",
    "2026-11-25T08:00:00.000Z",
  ]);
  expect(daysOf(two)[0]?.name).toMatch(/^Thu/);
  // A bar of twelve hours begins with the day there.
  const hours = { from: "2026-11-25T08:00:00Z", changes: Array.from({ length: 24 }, () => 1) };
  expect(barsOf(hours, two, 12)).toHaveLength(2);
});
