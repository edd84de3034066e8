// Carriers on screens, and as the API is told of them.
import { expect, it } from "vitest";

import { carrierName, carrierOf, knownCarriers } from "./carriers";
import { packageWords } from "./en/package";

it("finds every carrier again by the name that it has on screens", () => {
  for (const it of [...knownCarriers, "hermes"]) expect(carrierOf(carrierName(it))).toBe(it);
  expect(carrierOf(" ups ")).toBe("ups");
});

it("says which way something came", () => {
  expect(packageWords.source("api", "trk_1", "usr_1")).toBe("from the API");
  expect(packageWords.source("api", "usr_1", "usr_1")).toBe("entered by you");
  expect(packageWords.source("api", "usr_2", "usr_1")).toBe("entered by a colleague");
  expect(packageWords.source("carrier:ups", "intake")).toBe("from UPS");
  expect(packageWords.source("elsewhere", "usr_1", "usr_1")).toBe("from elsewhere");
});
