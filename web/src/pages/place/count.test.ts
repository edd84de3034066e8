// Tiles of the map.
import { expect, it, vi } from "vitest";

vi.stubGlobal("addEventListener", () => undefined);
vi.stubGlobal("navigator", { onLine: true });
const { tileAt } = await import("./count");

it("finds the tile of a point", () => {
  expect(tileAt(0, 0, 1)).toEqual({ z: 1, x: 1, y: 1 });
  expect(tileAt(36.1892, -86.6218, 13)).toEqual({ z: 13, x: 2124, y: 3211 });
});

it("stays on the map at its edges", () => {
  expect(tileAt(90, 180, 2)).toEqual({ z: 2, x: 3, y: 0 });
  expect(tileAt(-90, -180, 2)).toEqual({ z: 2, x: 0, y: 3 });
});
