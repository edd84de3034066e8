// Which place a text names.
import { expect, it } from "vitest";

import type { Place } from "../../api/client";
import { namedBy } from "./candidate";

it("takes a known place only by its whole name or its code", () => {
  const place = (name: string, code: string | null) => ({ name, code, kind: "city" }) as Place;
  const places = [place("Memphis hub", null), place("Memphis", "city:4641239")];
  expect(namedBy("memphis", places)?.code).toBe("city:4641239");
  expect(namedBy("city:4641239", places)?.name).toBe("Memphis");
  expect(namedBy("MEM", places)).toBeNull();
  expect(namedBy("Memphis hub", places)).toBeNull();
});
