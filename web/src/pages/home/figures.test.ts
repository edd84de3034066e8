// The figures of a day: whole days of the viewer's zone, and every package once.
import { expect, it } from "vitest";

import { changes, dayOf, packagesOf, reasonOf } from "./figures";

it("takes a day from midnight to midnight", () => {
  const { from, until } = dayOf(new Date(2026, 6, 9, 17, 45).getTime());
  expect(new Date(from)).toEqual(new Date(2026, 6, 9));
  expect(new Date(until)).toEqual(new Date(2026, 6, 10));
});

it("counts packages in crowds and one by one", () => {
  const crowd = { lat: 0, lon: 0, holders: 3, packages: 40, problems: 1 };
  const mark = { packages: 2 } as never;
  expect(packagesOf({ clusters: [crowd, crowd], marks: [mark] })).toBe(82);
});

it("adds up what is known, and knows only reasons there are", () => {
  expect(changes({ from: "2026-03-01T00:00:00Z", changes: [3, null, 4] })).toBe(7);
  const known = { problem: "", held: "", lost: "", overdue: "", silent: "" };
  expect(reasonOf("overdue", known)).toBe("overdue");
  expect(reasonOf("late", known)).toBeNull();
  expect(reasonOf(null, known)).toBeNull();
});
