// What is recorded by hand, as the API takes it.
import { expect, it } from "vitest";

import { ACTIONS, eventOf, localTime, nothingSaid } from "./actions";

const NOW = new Date("2026-11-26T09:12:33Z");

it("needs what each kind cannot be without", () => {
  const said = nothingSaid(NOW);
  const made = ACTIONS.filter((it) => eventOf(it, said, NOW, "l") !== null);
  expect(made).toEqual(["depart", "deliver", "problem"]);
  const more = {
    ...said,
    place: { text: "Dock 3", id: "plc_1" },
    into: { text: "Truck", id: "ctr_1" },
    amount: "120.50",
    text: "Torn",
  };
  expect(ACTIONS.map((it) => eventOf(it, more, NOW, "l")?.kind)).toEqual([
    "arrived",
    "departed",
    "joined",
    "delivered",
    "problem",
    "cost_added",
    "note",
  ]);
});

it("takes no amount that money cannot be", () => {
  for (const amount of ["1,5", "-3", "1.23456", "x", ""]) {
    expect(eventOf("cost", { ...nothingSaid(NOW), amount }, NOW, "l")).toBeNull();
  }
});

it("keeps the seconds of now, and a moment that was chosen as it is", () => {
  const note = { ...nothingSaid(NOW), text: "x" };
  expect(eventOf("note", note, NOW, "l")?.happened_at).toBe(NOW.toISOString());
  const earlier = { ...note, at: localTime(new Date("2026-11-20T10:00:00Z")) };
  expect(eventOf("note", earlier, NOW, "l")?.happened_at).toBe("2026-11-20T10:00:00.000Z");
});
