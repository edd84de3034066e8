// What scans mean, and what became of them.
import { expect, it } from "vitest";

import { eventsOf, isReady, readScans, readSetup, type Scan, settled, type Setup } from "./work";

const SETUP: Setup = {
  place: { id: "plc_1", name: "Dock 3" },
  floors: ["1", "2"],
  floor: null,
  mode: "arrive",
  into: null,
  destination: null,
  muted: false,
};
const SCAN = { number: "1Z999", at: "2026-11-26T09:12:00Z" };
const scan: Scan = {
  ...SCAN,
  id: "s1",
  mode: "arrive",
  events: eventsOf(SETUP, SCAN),
  state: "waiting",
  subject: null,
  recorded: [],
  says: null,
};

it("says what a scan means in each mode", () => {
  const kinds = (setup: Setup): string[] => eventsOf(setup, SCAN).map((it) => it.event.kind);
  expect(kinds(SETUP)).toEqual(["arrived"]);
  expect(kinds({ ...SETUP, floor: "2" })).toEqual(["arrived", "scanned"]);
  expect(kinds({ ...SETUP, mode: "depart" })).toEqual(["departed"]);
  expect(kinds({ ...SETUP, mode: "load", into: { id: "ctr_1", name: "Truck" } })).toEqual([
    "joined",
  ]);
  expect(kinds({ ...SETUP, mode: "deliver" })).toEqual(["delivered"]);
  expect(isReady({ ...SETUP, mode: "load" })).toBe(false);
  expect(eventsOf(SETUP, SCAN)[0]?.event.happened_at).toBe(SCAN.at);
});

it("tells an unknown number from a scan that is refused", () => {
  const receipt = {
    event: "evt_1",
    subject: "pkg_1",
    seq: 1,
    leaf: "",
    recorded_at: "",
    duplicate: false,
  };
  const good = settled(scan, [{ index: 0, status: 201, id: "pkg_1", receipt }]);
  expect([good.state, good.subject, good.recorded]).toEqual(["good", "pkg_1", ["evt_1"]]);
  const problem = (pointer: string) => ({
    type: "",
    title: "",
    status: 404,
    errors: [{ pointer, code: "unknown", detail: "" }],
  });
  expect(settled(scan, [{ index: 0, status: 404, problem: problem("/0/subject") }]).state).toBe(
    "unknown",
  );
  expect(settled(scan, [{ index: 0, status: 404, problem: problem("/0/event/place") }]).state).toBe(
    "refused",
  );
});

it("keeps a setup and what waits, and reads nothing that is neither", () => {
  expect(readSetup(JSON.parse(JSON.stringify(SETUP)))).toEqual(SETUP);
  expect(readSetup({ mode: "arrive" })).toBeNull();
  expect(readScans(JSON.parse(JSON.stringify([scan, { id: "x" }, 7])))).toEqual([scan]);
});
