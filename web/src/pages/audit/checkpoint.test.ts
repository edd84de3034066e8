// Reading checkpoints.
import { expect, it } from "vitest";

import { readCheckpoint } from "./checkpoint";

it("reads size and root", () => {
  const note = "whereabouts/95f0\n416488\n5YR77Fi=\n\n— whereabouts/95f0 0GOP=\n";
  expect(readCheckpoint(note)).toEqual({
    origin: "whereabouts/95f0",
    size: 416_488,
    root: "5YR77Fi=",
  });
});

it("refuses what is no checkpoint", () => {
  expect(readCheckpoint("")).toBeNull();
  expect(readCheckpoint("a\nb\nc\n")).toBeNull();
});
