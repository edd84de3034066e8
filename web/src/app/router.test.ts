// Addresses and the values in them.
import { expect, it, vi } from "vitest";

vi.stubGlobal("location", { pathname: "/", search: "" });
vi.stubGlobal("addEventListener", () => undefined);
const { match, part } = await import("./router.svelte");

it("takes values out of an address", () => {
  expect(match("/packages/:id", "/packages/pkg_1")).toEqual({ id: "pkg_1" });
  expect(match("/orders/:order", "/orders/BR%2F7")).toEqual({ order: "BR/7" });
  expect(match("/packages", "/packages/")).toEqual({});
});

it("knows another address from its own", () => {
  expect(match("/packages/:id", "/packages")).toBeNull();
  expect(match("/packages/:id", "/packages/")).toBeNull();
  expect(match("/packages/:id", "/places/plc_1")).toBeNull();
  expect(match("/orders/:order", "/orders/%E0%A4%A")).toBeNull();
});

it("writes a part so that no dot makes it look like a file", () => {
  expect(part("PO.7/a b")).toBe("PO%2E7%2Fa%20b");
  expect(match("/orders/:order", `/orders/${part("PO.7/a b")}`)).toEqual({ order: "PO.7/a b" });
});
