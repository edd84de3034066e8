// How figures of the installation are said.
import { expect, it } from "vitest";

import { lag, size } from "./figures";

it("says short lags to a tenth of a second", () => {
  expect(lag(412)).toBe("0.4 s");
  expect(lag(0)).toBe("0 s");
  expect(lag(42_000)).toBe("42 s");
});

it("says sizes with the figures that matter", () => {
  expect(size(478_894_614)).toBe("479 MB");
  expect(size(1_204_000_000)).toBe("1.2 GB");
  expect(size(12)).toBe("12 bytes");
});
