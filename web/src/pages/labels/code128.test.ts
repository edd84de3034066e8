// Bars as another program draws them.
import { createRequire } from "node:module";
import { expect, it } from "vitest";

import { code128 } from "./code128";

interface Encoder {
  encode: () => { data: string };
}
const require = createRequire(import.meta.url);
const { default: Other } = require("jsbarcode/bin/barcodes/CODE128/CODE128_AUTO.js") as {
  default: new (text: string, options: object) => Encoder;
};
const { default: OnlyB } = require("jsbarcode/bin/barcodes/CODE128/CODE128B.js") as {
  default: new (text: string, options: object) => Encoder;
};

/** "1101…": a sign for each module. */
function drawn(text: string): string {
  const code = code128(text);
  if (!code) throw new Error(text);
  const modules = Array.from({ length: code.modules }, () => "0");
  for (const { at, width } of code.bars) modules.fill("1", at, at + width);
  return modules.join("");
}

it("draws letters, signs and their check sign as another program does", () => {
  for (const text of ["ABC-abc", "a", "WB 401/x~", "Q7Z"]) {
    expect(drawn(text)).toBe(new OnlyB(text, {}).encode().data);
  }
});

it("draws digits in pairs, and no code is longer than the other program's", () => {
  for (const text of ["710718453271", "1Z7F3A9R0300041028", "JD014600003828392837", "AB123456C"]) {
    expect(drawn(text).length).toBeLessThanOrEqual(new Other(text, {}).encode().data.length);
  }
  expect(drawn("710718453271")).toBe(new Other("710718453271", {}).encode().data);
});

it("draws nothing that it cannot", () => {
  expect(code128("")).toBeNull();
  expect(code128("Zürich")).toBeNull();
  expect(code128("a\nb")).toBeNull();
});
