// What events speak of.
import { expect, it } from "vitest";

import type { HistoryEvent } from "../../api/client";
import { leftFor, legOf, speaksOf } from "./speaks";

const AT = "2026-11-26T08:00:00Z";

function line(kind: string, more: object, superseded_by: string | null = null): HistoryEvent {
  return { kind, superseded_by, event: { kind, happened_at: AT, ...more } } as HistoryEvent;
}

it("knows both ends of a way, as far as they were said", () => {
  const leg = (more: object) => legOf(line("departed", more).event);
  expect(leg({ from: "plc_1", to: "plc_2" })).toEqual({ from: "plc_1", to: "plc_2" });
  expect(leg({ to: "plc_2" })).toEqual({ from: null, to: "plc_2" });
  expect(leg({ from: { search: "Memphis" } })).toEqual({ from: null, to: null });
  expect(legOf(line("arrived", { place: "plc_2" }).event)).toEqual({ from: null, to: null });
});

it("knows where something left for until it arrived", () => {
  const departed = line("departed", { from: "plc_1", to: "plc_2" });
  expect(leftFor([line("scanned", { place: "plc_1" }), departed])).toBe("plc_2");
  expect(leftFor([line("arrived", { place: "plc_2" }), departed])).toBeNull();
  expect(leftFor([line("arrived", { place: "plc_2" }, "evt_9"), departed])).toBe("plc_2");
  expect(leftFor([])).toBeNull();
});

it("names the one other thing", () => {
  expect(speaksOf({ kind: "joined", happened_at: AT, holder: { container: "ctr_1" } })).toBe(
    "ctr_1",
  );
  expect(speaksOf({ kind: "left", happened_at: AT, holder: { place: "plc_1" } })).toBe("plc_1");
  expect(speaksOf({ kind: "tracker_attached", happened_at: AT, tracker: "trk_1" })).toBe("trk_1");
  expect(speaksOf({ kind: "lost", happened_at: AT })).toBeNull();
});
