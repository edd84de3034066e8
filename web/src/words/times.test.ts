// How moments are said.
import { afterEach, expect, it, vi } from "vitest";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
const { ago, clock, dayBegins, dayName, hourOf, instantOf, localTime, moment, span, thereClock } =
  await import("./times");
const { preferences } = await import("../app/preferences.svelte");

const NOON = Date.parse("2026-11-26T12:00:00Z");

it("says spans in the unit that people would choose", () => {
  expect(span(40_000)).toBe("40 s");
  expect(span(6 * 60_000)).toBe("6 min");
  expect(span(3 * 3_600_000)).toBe("3 h");
  expect(span(3 * 86_400_000)).toBe("3 days");
  expect(ago(-5)).toBe("0 s ago");
});

it("names today and yesterday", () => {
  expect(dayName(NOON, NOON)).toBe("Today");
  expect(dayName(NOON - 86_400_000, NOON)).toBe("Yesterday");
  expect(dayName("2025-03-03T12:00:00Z", NOON)).toContain("2025");
});

it("says the place's clock only where it differs from mine", () => {
  const mine = Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(thereClock("2026-11-26T12:00:00Z", mine)).toBeNull();
  expect(thereClock("2026-11-26T12:00:00Z", null)).toBeNull();
  expect(thereClock("2026-11-26T12:00:00Z", "Not/AZone")).toBeNull();
  expect(thereClock("2026-11-26T12:00:00Z", "Asia/Kolkata")).toMatch(/17:30$/);
});

afterEach(() => (preferences.zone = null));

it("says everything in the zone that was chosen", () => {
  preferences.zone = "Pacific/Auckland";
  expect(clock(NOON)).toBe("01:00");
  expect(hourOf(NOON)).toBe(1);
  // Noon in London is tomorrow in Auckland, as is the evening before its midnight.
  expect(dayName(NOON - 2 * 3_600_000, NOON)).toBe("Yesterday");
  expect(moment(NOON - 2 * 3_600_000, NOON)).toMatch(/23:00$/);
  expect(thereClock("2026-11-26T12:00:00Z", "Pacific/Auckland")).toBeNull();
  expect(thereClock("2026-11-26T12:00:00Z", "Europe/London")).toMatch(/12:00$/);
});

it("reads what a field says in the zone that was chosen, on both sides of a change of clocks", () => {
  preferences.zone = "America/New_York";
  expect(localTime(NOON)).toBe("2026-11-26T07:00");
  for (const at of [
    "2026-11-26T12:00:00.000Z",
    "2026-03-08T06:59:00.000Z",
    "2026-03-08T07:00:00.000Z",
  ]) {
    expect(instantOf(localTime(at))?.toISOString()).toBe(at);
  }
  preferences.zone = "Asia/Kathmandu";
  expect(localTime(NOON)).toBe("2026-11-26T17:45");
  expect(instantOf("2026-11-26T17:45")?.getTime()).toBe(NOON);
  expect(instantOf("")).toBeNull();
});

it("begins days when they begin in the zone that was chosen, also where clocks change", () => {
  preferences.zone = "Pacific/Auckland";
  expect(new Date(dayBegins("2026-11-27")).toISOString()).toBe("2026-11-26T11:00:00.000Z");
  preferences.zone = "America/New_York";
  const [before, change, after] = [0, 1, 2].map((it) => dayBegins("2026-10-31", it));
  expect(new Date(before ?? 0).toISOString()).toBe("2026-10-31T04:00:00.000Z");
  expect((after ?? 0) - (change ?? 0)).toBe(25 * 3_600_000);
  // Across the end of a month.
  expect(new Date(change ?? 0).toISOString()).toBe("2026-11-01T04:00:00.000Z");
});
