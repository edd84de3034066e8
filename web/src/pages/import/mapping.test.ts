// What is said of a table, and the mapping it becomes.
import { expect, it } from "vitest";

import { faultOf, remember, saidOf, tomlOf } from "./mapping";
import { tableOf } from "./table";

const TABLE = tableOf(
  'Tracking no;What;Ship to;Weight (lb);Price;Ordered;Remarks;Colour\n1Z1;Monitor;Memphis;7,5;"1.204,50";31.01.2026;fragile;red\n',
);
if (!TABLE) throw new Error("a table");

it("recognises columns, dates and decimals", () => {
  const said = saidOf(TABLE, "2026-11-26");
  expect(said.columns).toEqual([
    "number",
    "description",
    "to",
    "weight",
    "value",
    "registered",
    "note",
    "",
  ]);
  expect(said.dates).toBe("%d.%m.%Y");
  expect(said.decimal).toBe(",");
  expect(faultOf(said)).toBeNull();
});

it("tells days from months where the table does", () => {
  const dates = (text: string): string => {
    const table = tableOf(`No,Ordered\n${text}`);
    if (!table) throw new Error("a table");
    return saidOf(table, "2026-11-26").dates;
  };
  expect(dates("1,03/25/2026\n2,04/02/2026")).toBe("%m/%d/%Y");
  expect(dates("1,25/03/2026\n2,04/02/2026")).toBe("%d/%m/%Y");
  expect(dates("1,5-Mar-26")).toBe("%d-%b-%y");
  expect(dates("1,")).toBe("iso");
});

it("writes a mapping file", () => {
  const toml = tomlOf(TABLE, saidOf(TABLE, "2026-11-26"), "Europe/Berlin");
  expect(toml).toContain('key = ["Tracking no"]');
  expect(toml).toContain('weight = { column = "Weight (lb)", unit = "lb" }');
  expect(toml).toContain(
    'registered_at = [{ column = "Ordered", formats = ["%d.%m.%Y"] }, { value = "2026-11-26" }]',
  );
  expect(toml).toContain('note_columns = ["Remarks"]');
  expect(toml).toContain('decimal = ","');
  expect(toml).not.toContain("Colour");
});

it("wants a number, and each field once", () => {
  const said = saidOf(TABLE, "2026-11-26");
  expect(faultOf({ ...said, columns: ["description"] })).toEqual({ is: "no-number" });
  expect(faultOf({ ...said, columns: ["number", "to", "to"] })).toEqual({
    is: "twice",
    field: "to",
  });
});

it("remembers what was said of tables with the same headings", () => {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => stored.set(name, value),
    removeItem: (name: string) => stored.delete(name),
  };
  Object.defineProperty(globalThis, "localStorage", { value: storage, configurable: true });
  const said = saidOf(TABLE, "2026-11-26");
  remember(TABLE, { ...said, columns: [...said.columns.slice(0, -1), "kept"] });
  expect(saidOf(TABLE, "2026-11-27").columns.at(-1)).toBe("kept");
});
