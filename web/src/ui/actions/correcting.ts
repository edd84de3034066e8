// What is true instead of something that was recorded: its time, its places, its note.
import type { Event, HistoryEvent } from "../../api/client";
import type { EventAbout } from "../../api/events";
import { type Chosen, NOTHING_CHOSEN, placeRef } from "../chosen";
import { instantOf, localTime } from "../../words/times";

/** The fields of events that may be said anew, as far as an event has them. */
export const PLACES = ["place", "from", "to"] as const;
const TEXTS = ["text", "detail"] as const;
type Place = (typeof PLACES)[number];

/** What the form holds. */
export interface Correction {
  /** As a field of the browser has it, in my zone. */
  at: string;
  places: Partial<Record<Place, Chosen>>;
  text: string | null;
}

/** Without its place such an event says nothing. */
const NEED_PLACE: readonly Event["kind"][] = ["scanned", "arrived", "ready_to_collect"];

/** What an event says by now. */
export function saidBy({ event }: HistoryEvent): Event | null {
  return (event?.kind === "corrected" ? event.event : event) ?? null;
}

export function begun(event: Event, names: Readonly<Record<string, string>>): Correction {
  const has: Partial<Record<string, unknown>> = { ...event };
  const places: Correction["places"] = {};
  for (const key of PLACES) {
    if (!(key in event)) continue;
    const id = has[key];
    places[key] = typeof id === "string" ? { id, text: names[id] ?? id } : NOTHING_CHOSEN;
  }
  const key = TEXTS.find((it) => it in event);
  const text = key && has[key];
  return {
    at: localTime(event.happened_at),
    places,
    text: key ? (typeof text === "string" ? text : "") : null,
  };
}

/** The event that says it; nothing while something that is needed is missing. */
export function correcting(
  subject: string,
  target: HistoryEvent,
  { at, places, text }: Correction,
): EventAbout | null {
  const event = saidBy(target);
  // A moment that was left as it was keeps its seconds.
  const same = event && at === localTime(event.happened_at);
  const happened_at = same ? event.happened_at : instantOf(at)?.toISOString();
  if (!event || !happened_at) return null;
  const changed: Record<string, unknown> = { ...event, happened_at };
  for (const key of PLACES) {
    if (places[key]) changed[key] = placeRef(places[key]);
  }
  const key = TEXTS.find((it) => it in event);
  if (key) changed[key] = text?.trim() || null;
  if (NEED_PLACE.includes(event.kind) && changed["place"] === null) return null;
  if (event.kind === "note" && changed["text"] === null) return null;
  const truth = changed as unknown as Event;
  return { subject, event: { kind: "corrected", happened_at, target: target.id, event: truth } };
}
