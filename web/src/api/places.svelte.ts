// Places that were spoken of, asked for once: for their clocks.
import { SvelteMap } from "svelte/reactivity";

import { api, type Place } from "./client";

const known = new SvelteMap<string, Place | null>();

/** A place, once it is known; asking for it is begun. */
export function placeOf(id: string | null | undefined): Place | null {
  if (!id) return null;
  const found = known.get(id);
  if (found === undefined) void load(id);
  return found ?? null;
}

const begun = new Set<string>();

async function load(id: string): Promise<void> {
  if (begun.has(id)) return;
  begun.add(id);
  try {
    const { data } = await api.GET("/v1/places/{place}", { params: { path: { place: id } } });
    known.set(id, data ?? null);
  } catch {
    // Without the place its clock is not shown; it is asked for again another time.
    begun.delete(id);
  }
}
