// Where things go that are taken out.
import { expect, it, vi } from "vitest";

vi.stubGlobal("addEventListener", () => undefined);
vi.stubGlobal("navigator", { onLine: true });
const { going } = await import("./moving");

const AT = "2026-11-26T08:00:00Z";
const ID = "ctr_5PW2TSS8Q39CHD574H2ERWJC1J";

it("puts what is unloaded at a place where the place is known", () => {
  expect(going(ID, { is: "place", id: "plc_1" }, AT)).toEqual({
    kind: "joined",
    happened_at: AT,
    holder: { place: "plc_1" },
  });
  expect(going(ID, { is: "nothing" }, AT)).toEqual({
    kind: "left",
    happened_at: AT,
    holder: { container: ID },
  });
});
