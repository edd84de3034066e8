// What somebody says, as an event.
import { expect, it } from "vitest";

import { eventOf, nothingSaid } from "./recording";

const AT = "2026-11-26T12:00:00.000Z";

it("makes nothing while what it needs is missing", () => {
  expect(eventOf(nothingSaid(), AT)).toBeNull();
  expect(eventOf({ ...nothingSaid(), kind: "joined", container: "  " }, AT)).toBeNull();
  expect(eventOf({ ...nothingSaid(), kind: "note", text: "\n" }, AT)).toBeNull();
});

it("leaves out what was not said", () => {
  expect(eventOf({ ...nothingSaid(), kind: "delivered", received_by: " Una " }, AT)).toEqual({
    kind: "delivered",
    happened_at: AT,
    proof: { received_by: "Una" },
  });
  expect(eventOf({ ...nothingSaid(), kind: "departed", to: { search: "Lyon" } }, AT)).toEqual({
    kind: "departed",
    happened_at: AT,
    to: { search: "Lyon" },
  });
});
