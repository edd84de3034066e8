// What whoever scans a package is told of it.
import { expect, it } from "vitest";

import type { Event, HistoryEvent } from "../../api/client";
import { aboutOf } from "./about";

const HERE = { id: "plc_here", name: "Memphis hub" };
const AT = "2026-11-26T09:00:00Z";
const ARRIVED = happened("own", { kind: "arrived", happened_at: AT, place: HERE.id });
const SCAN = { mode: "arrive", recorded: ["own"] } as const;
const names = {
  plc_here: "Memphis hub",
  plc_lyon: "Lyon",
  plc_reno: "Reno",
  plc_old: "Memphis hub",
};

function happened(id: string, event: Event): HistoryEvent {
  const kind = event.kind;
  const told = { id, kind, happened_at: AT, recorded_at: AT, actor: "a", source: "api" };
  return { ...told, seq: 1, leaf: "", event };
}

const PROBLEM = happened("p", {
  kind: "problem",
  happened_at: AT,
  reason: "carrier_sorting_error",
});
const NOTE = happened("n", { kind: "note", happened_at: AT, text: "Called" });

function about(
  scan: Parameters<typeof aboutOf>[0],
  destination: string | null,
  events: HistoryEvent[],
): ReturnType<typeof aboutOf> {
  return aboutOf(scan, HERE, { record: { description: "Lamp", destination }, names }, events);
}

it("says what problem a scan ended, also when something was written down since", () => {
  expect(about(SCAN, null, [ARRIVED, NOTE, PROBLEM]).ended).toBe("carrier_sorting_error");
  const solved = happened("s", { kind: "solved", happened_at: AT });
  expect(about(SCAN, null, [ARRIVED, solved, PROBLEM]).ended).toBeNull();
  const undone = { ...PROBLEM, superseded_by: "evt_x" };
  expect(about(SCAN, null, [ARRIVED, undone]).ended).toBeNull();
  // What is loaded keeps its problem.
  expect(about({ ...SCAN, mode: "load" }, null, [ARRIVED, PROBLEM]).ended).toBeNull();
});

const sent = (to: string): HistoryEvent =>
  happened("d", { kind: "departed", happened_at: AT, from: "plc_x", to });

it("says where a package goes from here, which is no warning", () => {
  expect(about(SCAN, "plc_lyon", [ARRIVED])).toMatchObject({ elsewhere: null, onward: "Lyon" });
  expect(about(SCAN, "plc_lyon", [ARRIVED, sent(HERE.id)]).onward).toBe("Lyon");
  for (const end of [HERE.id, "plc_old", null]) {
    expect(about(SCAN, end, [ARRIVED])).toMatchObject({ elsewhere: null, onward: null });
  }
});

it("warns of one that was sent elsewhere, or is handed over where it does not go", () => {
  const strayed = about(SCAN, "plc_lyon", [ARRIVED, sent("plc_reno")]);
  expect(strayed).toMatchObject({ elsewhere: "Reno", onward: null });
  expect(about(SCAN, HERE.id, [ARRIVED, sent("plc_reno")]).elsewhere).toBeNull();
  const delivered = { ...SCAN, mode: "deliver" } as const;
  expect(about(delivered, "plc_lyon", [ARRIVED, sent(HERE.id)]).elsewhere).toBe("Lyon");
  expect(about(delivered, "plc_old", [ARRIVED]).elsewhere).toBeNull();
});
