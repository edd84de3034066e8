// Places as people choose them.
import { expect, it } from "vitest";

import { candidate, containerIn, placeRef } from "./chosen";

it("writes a place as its id, or as the text to find it by", () => {
  expect(placeRef({ text: "Memphis", id: "plc_1" })).toBe("plc_1");
  expect(placeRef({ text: " Memphis ", id: null })).toEqual({ search: "Memphis" });
  expect(placeRef({ text: "  ", id: null })).toBeNull();
});

it("takes the code off what the server suggests", () => {
  expect(candidate("Memphis, Tennessee, US (city:4641239)")).toEqual({
    label: "Memphis, Tennessee, US",
    code: "city:4641239",
  });
  expect(candidate("Bruck (Mur)").label).toBe("Bruck (Mur)");
});

const ID = "ctr_5PW2TSS8Q39CHD574H2ERWJC1J";

it("finds a container in what was pasted", () => {
  expect(containerIn(`https://where.example/containers/${ID}?x=1`)).toBe(ID);
  expect(containerIn(` ${ID.toLowerCase()} `)).toBe(ID);
  expect(containerIn("Truck 7")).toBeNull();
});
