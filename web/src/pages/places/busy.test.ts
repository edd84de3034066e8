// Where packages lie.
import { expect, it, vi } from "vitest";

vi.stubGlobal("addEventListener", () => undefined);
vi.stubGlobal("navigator", { onLine: true });
const { ranked } = await import("./busy");

it("ranks places by how many packages they hold", () => {
  const mark = (id: string | null, packages: number) => ({
    id,
    kind: "city",
    packages,
    problems: 0,
  });
  const found = ranked([
    mark("plc_a", 3),
    mark("ctr_truck", 90),
    mark("plc_b", 12),
    mark(null, 4),
    mark("plc_a", 3),
    mark("plc_empty", 0),
  ]);
  expect(found.map((it) => it.id)).toEqual(["plc_b", "plc_a"]);
});
