// Tables as people send them.
import { expect, it } from "vitest";

import { delimiterOf, partsOf, rowsOf, tableOf } from "./table";

it("reads quotes, line ends within cells, and knows on which line a row starts", () => {
  const text = 'No,What\r\n1,"two\nlines, ""quoted"""\r\n\r\n2,plain';
  expect(tableOf(text)).toEqual({
    delimiter: ",",
    header: ["No", "What"],
    rows: [
      { line: 2, cells: ["1", 'two\nlines, "quoted"'] },
      { line: 5, cells: ["2", "plain"] },
    ],
  });
  expect(tableOf("No,What")).toBeNull();
  expect(tableOf("")).toBeNull();
});

it("finds out what separates the cells", () => {
  expect(delimiterOf("a\tb\tc, d")).toBe("\t");
  expect(delimiterOf('"a,b";c')).toBe(";");
  expect(delimiterOf("alone")).toBe(",");
});

it("cuts a table into parts whose lines lead back to the file", () => {
  const table = tableOf('No;What\n1;"a\nb"\n2;c\n3;d\n');
  if (!table) throw new Error("a table");
  const parts = partsOf(table, 2, 1000);
  expect(parts.map((it) => it.text)).toEqual(['No,What\n1,"a\nb"\n2,c', "No,What\n3,d"]);
  expect([...(parts[0]?.lines ?? [])]).toEqual([
    [2, 2],
    [4, 4],
  ]);
  expect([...(parts[1]?.lines ?? [])]).toEqual([[2, 5]]);
  expect(rowsOf(parts[0]?.text ?? "", ",")).toHaveLength(3);
});
