// What a text may mean.
import { expect, it } from "vitest";

import { codeOf } from "./candidate";

it("takes the code that names only one", () => {
  expect(codeOf("Potsdam, Brandenburg, DE (city:2852458)")).toBe("city:2852458");
  expect(codeOf("Depot Harbour, Ontario, CA (port:4020)")).toBe("port:4020");
  expect(codeOf("Somewhere (else)")).toBeNull();
});
