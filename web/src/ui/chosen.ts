// A place or client as somebody chooses it: by text, and by id once one was picked.
import type { components } from "../api/schema";

type PlaceRef = components["schemas"]["PlaceRef"];

/** What stands in a field, and what it was picked as. */
export interface Chosen {
  readonly text: string;
  readonly id: string | null;
}

/** One that can be picked. */
export interface Option {
  readonly key: string;
  readonly label: string;
  readonly note?: string | undefined;
  readonly chosen: Chosen;
}

export const NOTHING_CHOSEN: Chosen = { text: "", id: null };

/** As the API takes a place: its id, or the text to find it by. */
export function placeRef(chosen: Chosen): PlaceRef | null {
  if (chosen.id) return chosen.id;
  const text = chosen.text.trim();
  return text ? { search: text } : null;
}

/** "Memphis, Tennessee, US (city:4641239)" is understood without what stands in brackets. */
export function candidate(text: string): { label: string; code: string } {
  const parts = /^(.*) \(([a-z]+:[^()]+)\)$/.exec(text);
  return { label: parts?.[1] ?? text, code: parts?.[2] ?? text };
}

/** The id of a container in what somebody pasted: the id itself or an address of its page. */
export function containerIn(text: string): string | null {
  const found = /ctr_[0-7][0-9a-hjkmnp-tv-z]{25}/i.exec(text)?.[0];
  return found ? `ctr_${found.slice(4).toUpperCase()}` : null;
}
