// Rows as they come out of spreadsheets.
import { expect, it } from "vitest";

import { columnOf, faultsOf, inputOf, pastedOf, placesIn } from "./rows";

const TEXT =
  "Tracking no\tWhat\tShip to\tKg\tBy\n1Z1\tMonitor\tMemphis\t1.104,5\tPlane\n1z1\tDock\tAtlantis\theavy\tmule\n\t\tMemphis\t1\t\n";

it("takes headings for what they say, and rows without them as most are", () => {
  expect(pastedOf(TEXT).columns).toEqual(["number", "description", "to", "weight", "mode"]);
  expect(pastedOf(TEXT).rows).toHaveLength(3);
  const bare = pastedOf("1Z1\tMonitor\n1Z2\tDock\n");
  expect(bare.columns).toEqual(["number", "description"]);
  expect(bare.rows).toHaveLength(2);
});

it("says what is wrong with each cell before anything is sent", () => {
  const { rows, columns } = pastedOf(TEXT);
  const places = new Map([["Atlantis", "none" as const]]);
  const faults = faultsOf(rows, columns, places);
  expect([...faults.keys()].sort()).toEqual(["1:0", "1:2", "1:3", "1:4", "2:0"]);
  expect([...placesIn(rows, columns)]).toEqual(["Memphis", "Atlantis"]);
});

it("reads cells as people write them", () => {
  const { rows, columns } = pastedOf(TEXT);
  const input = inputOf(rows[0] ?? [], columns, new Map());
  expect(input.weight_kg).toBe(1104.5);
  expect(input.mode).toBe("air");
  expect(input.destination).toEqual({ search: "Memphis" });
  for (const [text, kg] of [
    ["7,5", 7.5],
    ["1,104.5", 1104.5],
    ["1.200.000", 1200000],
  ] as const) {
    expect(inputOf([text], ["weight"], new Map()).weight_kg).toBe(kg);
  }
  const date = inputOf(["31.12.2026"], ["promised"], new Map()).promised?.first;
  expect(date?.startsWith("2026-12-31") ?? date?.startsWith("2027-01-01")).toBe(true);
});

it("finds the cell that a problem of the server is about", () => {
  const { columns } = pastedOf(TEXT);
  expect(columnOf("/destination/search", columns)).toBe(2);
  expect(columnOf("/references/0/value", columns)).toBe(0);
});
