// What a form of a place sends.
import { expect, it } from "vitest";

import type { Place } from "../../api/client";
import { draftOf, drop, inputOf, near, pinOf } from "./draft";

const hub = {
  id: "plc_1",
  kind: "facility",
  name: "Hub",
  position: { lat: 36.1892362, lon: -86.6217932 },
  radius_m: 120,
  ground_m: 170,
  floors: [{ name: "1", above_ground_m: 0 }],
} as unknown as Place;

it("leaves out of something new what nobody said", () => {
  const draft = { ...draftOf(null), name: " Depot ", point: "1.5, 2.5" };
  expect(inputOf(draft, null)).toEqual({
    name: "Depot",
    kind: "facility",
    position: { lat: 1.5, lon: 2.5 },
    radius_m: 100,
    floors: [],
  });
});

it("empties what somebody emptied, and moves nothing that nobody moved", () => {
  const sent = inputOf({ ...draftOf(hub), ground_m: "" }, hub);
  expect(sent?.ground_m).toBeNull();
  expect(sent?.position).toEqual(hub.position);
  expect(sent).not.toHaveProperty("address");
});

it("sends the exact point and the address of a home only", () => {
  const home = {
    ...draftOf(hub),
    kind: "private" as const,
    exact: "36.2, -86.6",
    address: "1 Lane",
  };
  expect(inputOf(home, null)).toMatchObject({
    address: "1 Lane",
    exact: { lat: 36.2, lon: -86.6, radius_m: 40 },
  });
  expect(inputOf({ ...home, kind: "facility" }, null)).not.toHaveProperty("exact");
});

it("refuses a point that it cannot read", () => {
  expect(inputOf({ ...draftOf(hub), point: "over there" }, hub)).toBeNull();
});

it("takes where a city is, but keeps what the place is called", () => {
  const draft = { ...draftOf(null), name: "Our depot" };
  near(draft, { ...hub, country: "US", time_zone: "America/Chicago" });
  expect(draft).toMatchObject({
    name: "Our depot",
    point: "36.18924, -86.62179",
    country: "US",
    time_zone: "America/Chicago",
  });
});

it("takes where a pin is dropped, and never tells everybody where a home is", () => {
  const at = { lat: 48.1, lon: 11.5 };
  const depot = draftOf(hub);
  drop(depot, at);
  expect(pinOf(depot)).toEqual(at);
  const home = { ...draftOf(null), kind: "private" as const, point: "48, 11" };
  expect(pinOf(home)).toEqual({ lat: 48, lon: 11 });
  drop(home, at);
  expect(home.point).toBe("48, 11");
  expect(pinOf(home)).toEqual(at);
});
