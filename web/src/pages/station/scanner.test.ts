// A scanner among people who type.
import { expect, it } from "vitest";

import { numberIn, Scanner } from "./scanner";

function type(scanner: Scanner, text: string, gap_ms: number, start_ms = 1000): string | null {
  let at = start_ms;
  for (const sign of text) {
    scanner.key(sign, at);
    at += gap_ms;
  }
  const verdict = scanner.key("Enter", at);
  return verdict.is === "scan" ? verdict.text : null;
}

it("takes what comes at a scanner's pace, and leaves what somebody types", () => {
  const scanner = new Scanner();
  expect(type(scanner, "1Z7F3A9R0300041028", 8)).toBe("1Z7F3A9R0300041028");
  expect(type(scanner, "monitor", 120, 5000)).toBeNull();
  expect(type(scanner, "abc", 8, 9000)).toBeNull();
});

it("takes a scan that follows typing, without what was typed", () => {
  const scanner = new Scanner();
  scanner.key("x", 1000);
  scanner.key("y", 1200);
  expect(type(scanner, "12345678", 5, 1500)).toBe("12345678");
});

it("takes what somebody types where there is no field to type into", () => {
  const scanner = new Scanner();
  for (const [index, sign] of Array.from("71234").entries()) scanner.key(sign, index * 400, false);
  expect(scanner.key("Enter", 2000, false)).toEqual({ is: "scan", text: "71234" });
});

it("does not mind the shift keys between capital letters", () => {
  const scanner = new Scanner();
  let at = 0;
  for (const sign of "PKG12345") {
    scanner.key("Shift", at);
    scanner.key(sign, at + 3);
    at += 6;
  }
  expect(scanner.key("Enter", at)).toEqual({ is: "scan", text: "PKG12345" });
});

it("finds the number in the address that our labels carry", () => {
  expect(numberIn("https://where.example/packages/pkg_17")).toBe("pkg_17");
  expect(numberIn("http://x/packages/BR%2F7/")).toBe("BR/7");
  expect(numberIn(" 1Z999 ")).toBe("1Z999");
});
