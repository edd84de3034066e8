// The one other thing that an event speaks of, for a line of history.
import type { Event, HistoryEvent } from "../../api/client";

/** Its id; nothing where an event speaks of nothing else. */
export function speaksOf(event: Event): string | null {
  if ("holder" in event) {
    if ("container" in event.holder) return event.holder.container;
    return idOf(event.holder.place);
  }
  if ("tracker" in event) return event.tracker;
  if ("place" in event && event.place) return idOf(event.place);
  return null;
}

/** From where to where something left, as far as it was said. */
export function legOf(event: Event | null | undefined): {
  readonly from: string | null;
  readonly to: string | null;
} {
  if (event?.kind !== "departed") return { from: null, to: null };
  return { from: idOf(event.from), to: idOf(event.to) };
}

/** Where something left for by its newest events, the newest first, unless it has arrived. */
export function leftFor(events: readonly HistoryEvent[]): string | null {
  const last = events.find(
    (it) => !it.superseded_by && (it.kind === "departed" || it.kind === "arrived"),
  );
  const event = last?.event;
  return event?.kind === "departed" && event.to ? idOf(event.to) : null;
}

/** Places may be said by words to be looked up; what was recorded has their ids. */
function idOf(place: unknown): string | null {
  return typeof place === "string" ? place : null;
}
