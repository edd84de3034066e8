// Tables as spreadsheets read them.
import { expect, it } from "vitest";

import { csvOf } from "./csv";

it("keeps what a spreadsheet would run from being run", () => {
  expect(csvOf([["=1+1", "-5", "+49 1", "@x", 'a"b,c']])).toBe(`'=1+1,-5,+49 1,'@x,"a""b,c"`);
});
