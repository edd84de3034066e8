// Headings of all sorts.
import { expect, it } from "vitest";

import { guess, headingsIn, signature } from "./columns";

it("recognises headings whatever they are written like, each field once", () => {
  expect(guess(["Tracking No.", "E-Mail", "Weight (kg)", "Ship to", "Number", "Colour"])).toEqual([
    "number",
    "email",
    "weight",
    "to",
    "",
    "",
  ]);
});

it("tells a line of headings from a row", () => {
  expect(headingsIn(["Number", "What", "To"])).toBe(3);
  expect(headingsIn(["1Z999", "Monitor", "Memphis"])).toBe(0);
});

it("remembers a table by its headings", () => {
  expect(signature(["No.", "Pré-vu"])).toBe(signature(["no", "PREVU"]));
});
