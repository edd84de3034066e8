// How moments are said.
import { expect, it } from "vitest";

import { ago, dayName, span, thereClock } from "./times";

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
