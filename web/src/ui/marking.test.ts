// What stands out in a text.
import { expect, it } from "vitest";

import { parts } from "./marking";

const found = (text: string, query: string): string[] =>
  parts(text, query)
    .filter((it) => it.found)
    .map((it) => it.text);

it("marks what was searched for, whatever its case", () => {
  expect(found("27-inch Monitor, 2 of 2", "monitor 27-in")).toEqual(["27-in", "Monitor"]);
  expect(found("746369055441", "55441")).toEqual(["55441"]);
});

it("takes no search for a pattern", () => {
  expect(found("a.b (c)", ".* (c)")).toEqual(["(c)"]);
  expect(parts("text", "")).toEqual([{ text: "text", found: false }]);
  expect(
    parts("BR-1/2", "br-1/2")
      .map((it) => it.text)
      .join(""),
  ).toBe("BR-1/2");
});
