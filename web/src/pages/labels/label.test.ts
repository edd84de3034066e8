// Labels and sheets.
import { expect, it } from "vitest";

import type { Package } from "../../api/client";
import { numberIn } from "../station/scanner";
import { addressOf, labelOf, sheetsOf } from "./label";

it("fills sheets, each label as often as it is wanted", () => {
  expect(sheetsOf([1, 2, 3], "a4x4", 2)).toEqual([
    [1, 1, 2, 2],
    [3, 3],
  ]);
  expect(sheetsOf([1, 2], "single", 1)).toEqual([[1], [2]]);
  expect(sheetsOf([], "a4x8", 1)).toEqual([]);
});

it("says names, not ids, and nothing that is not known", () => {
  const known: Package = {
    id: "pkg_1",
    status: "registered",
    status_at: "",
    recorded_at: "",
    events: 1,
    notes: 0,
    photos: [],
    names: { plc_1: "Dock 3" },
    record: { origin: "plc_1", destination: "plc_2", references: null },
  };
  const label = labelOf(known);
  expect([label.from, label.to, label.number, label.pieces]).toEqual(["Dock 3", "", "", 1]);
});

it("writes an address that a station reads back", () => {
  expect(numberIn(addressOf("pkg_7", "https://where.example"))).toBe("pkg_7");
});
