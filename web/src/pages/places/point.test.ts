// Points as people write them.
import { expect, it } from "vitest";

import { readPoint, writePoint } from "./point";

it("reads what maps copy", () => {
  expect(readPoint("36.1892, -86.6218")).toEqual({ lat: 36.1892, lon: -86.6218 });
  expect(readPoint("  36.1892  -86.6218 ")).toEqual({ lat: 36.1892, lon: -86.6218 });
  expect(readPoint("−33.87; 151.21")).toEqual({ lat: -33.87, lon: 151.21 });
});

it("reads directions, in either order", () => {
  expect(readPoint("36.1892 N, 86.6218 W")).toEqual({ lat: 36.1892, lon: -86.6218 });
  expect(readPoint("86.6218W 36.1892N")).toEqual({ lat: 36.1892, lon: -86.6218 });
});

it("reads degrees, minutes and seconds", () => {
  const point = readPoint(`36°11'21"N 86°37'18"W`);
  expect(point?.lat).toBeCloseTo(36.18917, 4);
  expect(point?.lon).toBeCloseTo(-86.62167, 4);
});

it("refuses what is no point", () => {
  for (const text of ["", "Memphis", "91, 0", "0, 181", "1, 2, 3", "1 N, 2 N", "36.1"]) {
    expect(readPoint(text), text).toBeNull();
  }
});

it("writes what it reads", () => {
  expect(writePoint({ lat: 36.1892362, lon: -86.6217932 })).toBe("36.18924, -86.62179");
  expect(readPoint(writePoint({ lat: -1.5, lon: 0 }))).toEqual({ lat: -1.5, lon: 0 });
});
