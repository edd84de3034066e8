// Passwords that are made up.
import { expect, it } from "vitest";

import { madeUp } from "./password";

it("takes every letter from chance", () => {
  const counted = madeUp((bytes) => bytes.map((_, nth) => nth));
  expect(counted).toBe("abcde-fghij-kmnpq-rstuv");
  expect(madeUp((bytes) => bytes.map(() => 255))).toBe("99999-99999-99999-99999");
});

it("is another one each time", () => {
  expect(madeUp()).not.toBe(madeUp());
  expect(madeUp()).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
});
