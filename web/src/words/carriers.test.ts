// Carriers on screens, and as the API is told of them.
import { expect, it } from "vitest";

import { carrierName, carrierOf, knownCarriers } from "./carriers";
import { packageWords } from "./en/package";

it("finds every carrier again by the name that it has on screens", () => {
  for (const it of [...knownCarriers, "hermes"]) expect(carrierOf(carrierName(it))).toBe(it);
  expect(carrierOf(" ups ")).toBe("ups");
});

it("says which way something came", () => {
  expect(packageWords.source("api")).toBe("from the API");
  expect(packageWords.source("carrier:ups")).toBe("from UPS");
  expect(packageWords.source("elsewhere")).toBe("from elsewhere");
});
