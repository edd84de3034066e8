// What is kept on which floor.
import { expect, it, vi } from "vitest";

vi.stubGlobal("addEventListener", () => undefined);
vi.stubGlobal("location", { pathname: "/", search: "" });
vi.stubGlobal("navigator", { onLine: true, language: "en-GB" });
vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
const { storeys } = await import("./contents");

const floors = [
  { name: "1", above_ground_m: 0 },
  { name: "B", above_ground_m: -3.5 },
  { name: "3", above_ground_m: 8.4 },
];
const named: Record<string, string> = {
  ctr_a: "Floor 3, shelf B",
  ctr_b: "floor 3: shelf A",
  ctr_c: "Floor 9, shelf A",
  ctr_d: "Pallet 12",
  pkg_a: "Floor 1, lamp",
};
const since = "2026-11-26T08:00:00Z";

it("puts shelves on their floors, the highest floor first", () => {
  const contents = Object.keys(named).map((id) => ({ id, since }));
  const found = storeys(floors, contents, (id) => named[id] ?? id);
  expect(found.storeys.map((it) => it.floor.name)).toEqual(["3", "1", "B"]);
  expect(found.storeys[0]?.kept).toEqual([
    { id: "ctr_b", label: "Shelf A" },
    { id: "ctr_a", label: "Shelf B" },
  ]);
  expect(found.elsewhere.map((it) => it.id)).toEqual(["ctr_c", "ctr_d", "pkg_a"]);
});
