// What a correction says, and what it leaves as it was recorded.
import { expect, it } from "vitest";

import type { Event, HistoryEvent } from "../../api/client";
import { localTime } from "../../words/times";
import { begun, correcting, saidBy } from "./correcting";

const AT = "2026-11-26T09:00:17.250Z";
const LEFT: Event = {
  kind: "departed",
  happened_at: AT,
  from: "plc_a",
  to: null,
  mode: "air",
  expected_at: null,
};
const NAMES = { plc_a: "Lyon" };

function recorded(event: Event | null): HistoryEvent {
  const told = { id: "evt_1", happened_at: AT, recorded_at: AT, actor: "a", source: "api" };
  return { ...told, kind: event?.kind ?? "note", seq: 1, leaf: "", event };
}

it("changes what was said anew and keeps the seconds of a time that was not", () => {
  const form = begun(LEFT, NAMES);
  expect(form.places).toEqual({ from: { id: "plc_a", text: "Lyon" }, to: { id: null, text: "" } });
  form.places.to = { id: null, text: "Oslo" };
  const event = { ...LEFT, to: { search: "Oslo" } };
  expect(correcting("pkg_1", recorded(LEFT), form)).toEqual({
    subject: "pkg_1",
    event: { kind: "corrected", happened_at: AT, target: "evt_1", event },
  });
});

it("counts from when it truly happened, inside and outside", () => {
  const form = { ...begun(LEFT, NAMES), at: localTime("2026-11-25T08:00:00Z") };
  const made = correcting("pkg_1", recorded(LEFT), form)?.event;
  const inner = made?.kind === "corrected" ? made.event : null;
  const truly = "2026-11-25T08:00:00.000Z";
  expect([made?.happened_at, inner?.happened_at]).toEqual([truly, truly]);
});

it("corrects a correction by its own target", () => {
  const before: Event = { kind: "corrected", happened_at: AT, target: "evt_0", event: LEFT };
  const again = correcting("pkg_1", recorded(before), begun(LEFT, NAMES))?.event;
  expect(again).toMatchObject({ target: "evt_1", event: { kind: "departed" } });
  expect(saidBy(recorded(before))).toEqual(LEFT);
  expect(saidBy(recorded(null))).toBeNull();
});

it("needs a place where an event is of a place, and a note its text", () => {
  const arrived: Event = { kind: "arrived", happened_at: AT, place: "plc_a" };
  const nowhere = { ...begun(arrived, NAMES), places: { place: { id: null, text: " " } } };
  expect(correcting("pkg_1", recorded(arrived), nowhere)).toBeNull();
  const note: Event = { kind: "note", happened_at: AT, text: "Call" };
  expect(correcting("pkg_1", recorded(note), { ...begun(note, NAMES), text: "" })).toBeNull();
});
