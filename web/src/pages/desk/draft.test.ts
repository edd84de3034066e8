// What somebody writes down, and what is sent of it.
import { expect, it } from "vitest";

import { emptyDraft, faultsOf, fieldOf, inputsOf, linesOf, numbersOf, readDraft } from "./draft";

const kg = (text: string): number => Number(text);

it("sends what was said and nothing else", () => {
  const draft = {
    ...emptyDraft(),
    number: " 1Z999 ",
    carrier: "UPS",
    to: { text: "Memphis", id: null },
    pieces: "1,200",
    recipientName: "Ada",
  };
  const [input] = inputsOf(draft, null, kg);
  expect(input?.references).toEqual([{ scheme: "carrier:ups", value: "1Z999" }]);
  expect(input?.carrier).toBe("ups");
  expect(input?.destination).toEqual({ search: "Memphis" });
  expect(input?.pieces).toBe(1200);
  expect(input?.recipient).toEqual({ name: "Ada", email: null, address: null });
  expect(input?.items).toBeNull();
  expect(input?.weight_kg).toBeNull();
});

it("tells the API of a carrier by the name that screens have for it", () => {
  const [input] = inputsOf({ ...emptyDraft(), number: "1", carrier: "Canada Post" }, null, kg);
  expect(input?.references).toEqual([{ scheme: "carrier:canada_post", value: "1" }]);
  expect(input?.carrier).toBe("canada_post");
  const [other] = inputsOf({ ...emptyDraft(), number: "1", carrier: " Hill & Sons" }, null, kg);
  expect(other?.references).toEqual([{ scheme: "carrier:hill_sons", value: "1" }]);
  expect(other?.carrier).toBe("hill & sons");
});

it("makes a package of each line, the first number among them", () => {
  const draft = { ...emptyDraft(), number: "A1", again: true, numbers: "A2\nA3\n\nA2" };
  expect(numbersOf(draft)).toEqual(["A1", "A2", "A3"]);
  expect(inputsOf(draft, "cli_1", kg).map((it) => it.client)).toEqual(["cli_1", "cli_1", "cli_1"]);
  expect(numbersOf({ ...draft, again: false })).toEqual(["A1"]);
});

it("knows the field that a problem points at, alone or in a list", () => {
  expect(fieldOf("/destination/search")).toBe("to");
  expect(fieldOf("/12/recipient/email")).toBe("recipientEmail");
  expect(fieldOf("/0/references/0/value")).toBe("number");
  expect(fieldOf("")).toBe("number");
});

it("reads back what it kept, and nothing that somebody else wrote", () => {
  const draft = { ...emptyDraft(), number: "A1", mode: "air" as const, again: true };
  expect(readDraft(JSON.parse(JSON.stringify(draft)))).toEqual(draft);
  expect(readDraft("x")).toBeNull();
  expect(readDraft({ mode: "rocket", items: [7] })?.items).toEqual([
    { name: "", quantity: "", serials: "" },
  ]);
});

it("cuts pasted lists into lines", () => {
  expect(linesOf("a\r\nb\tc; d")).toEqual(["a", "b", "c", "d"]);
});

it("says what can be known to be wrong before it is sent", () => {
  expect(faultsOf(emptyDraft(), kg)).toHaveProperty("number");
  const draft = { ...emptyDraft(), number: "A", weight: "heavy", pieces: "2.5", cost: "1,5" };
  expect(Object.keys(faultsOf(draft, kg)).sort()).toEqual(["cost", "pieces", "weight"]);
  expect(faultsOf({ ...draft, weight: "1", pieces: "2", cost: "1.5" }, kg)).toEqual({});
});
