// What something carries, at a glance.
import { expect, it } from "vitest";

import { alike } from "./alike";

it("counts what is called the same, pallets first and each by itself", () => {
  const names = ["Dock", "Monitor, 1 of 2", "Monitor", "Monitor, 2 of 2"];
  const contents = names.map((name, nth) => ({ id: `pkg_${nth}`, name }));
  const pallets = ["ctr_1", "ctr_2"].map((id) => ({ id, name: "Pallet" }));
  expect(alike([...contents, ...pallets])).toEqual([
    { name: "Pallet", ids: ["ctr_1"] },
    { name: "Pallet", ids: ["ctr_2"] },
    { name: "Monitor", ids: ["pkg_1", "pkg_2", "pkg_3"] },
    { name: "Dock", ids: ["pkg_0"] },
  ]);
});
