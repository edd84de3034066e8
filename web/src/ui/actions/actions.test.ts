// What is recorded by hand, as the API takes it.
import { expect, it, vi } from "vitest";

import type { Given } from "./actions";

vi.stubGlobal("localStorage", { getItem: () => null });
const { ACTIONS, eventsOf, nothingSaid } = await import("./actions");
const { localTime } = await import("../../words/times");

const NOW = new Date("2026-11-26T09:12:33Z");
const GIVEN: Given = { now: NOW, line: "l", container: null };
const AT = NOW.toISOString();
const SAID = nothingSaid(NOW);
const PLACE = { text: "Dock 3", id: "plc_1" };

it("needs what each kind cannot be without", () => {
  const made = ACTIONS.flat().filter((it) => eventsOf(it, SAID, GIVEN) !== null);
  expect(made).toEqual(["depart", "deliver", "unload", "problem", "solve"]);
  const more = {
    ...SAID,
    place: PLACE,
    into: { text: "Truck", id: "ctr_1" },
    amount: "120.50",
    text: "Torn",
  };
  const kinds = ACTIONS.flat().map((it) => eventsOf(it, more, GIVEN)?.map((event) => event.kind));
  expect(kinds).toEqual([
    ["scanned"],
    ["arrived"],
    ["departed"],
    ["delivered"],
    ["joined"],
    ["joined"],
    ["problem"],
    ["solved"],
    ["cost_added"],
    ["note"],
  ]);
});

it("takes a package out of what holds it, or keeps it where it was unloaded", () => {
  expect(eventsOf("unload", SAID, GIVEN)).toEqual([]);
  expect(eventsOf("unload", SAID, { ...GIVEN, container: "ctr_1" })).toEqual([
    { kind: "left", happened_at: AT, holder: { container: "ctr_1" } },
  ]);
  expect(eventsOf("unload", { ...SAID, place: PLACE }, { ...GIVEN, container: "ctr_1" })).toEqual([
    { kind: "joined", happened_at: AT, holder: { place: "plc_1" } },
  ]);
});

it("ends a problem with what was agreed, and says nothing of where it is", () => {
  const solved = { kind: "solved", happened_at: AT, detail: null };
  expect(eventsOf("solve", SAID, GIVEN)).toEqual([solved]);
  expect(eventsOf("solve", { ...SAID, text: " Repacked " }, GIVEN)).toEqual([
    { ...solved, detail: "Repacked" },
  ]);
});

it("takes no amount that money cannot be", () => {
  for (const amount of ["1,5", "-3", "1.23456", "x", ""]) {
    expect(eventsOf("cost", { ...SAID, amount }, GIVEN)).toBeNull();
  }
});

it("keeps the seconds of now, and a moment that was chosen as it is", () => {
  const note = { ...SAID, text: "x" };
  expect(eventsOf("note", note, GIVEN)?.[0]?.happened_at).toBe(AT);
  const earlier = { ...note, at: localTime(new Date("2026-11-20T10:00:00Z")) };
  expect(eventsOf("note", earlier, GIVEN)?.[0]?.happened_at).toBe("2026-11-20T10:00:00.000Z");
});
