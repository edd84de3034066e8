// What is at a place, and what of it is kept on which floor.
import { api, the } from "./client";
import type { components } from "./schema";
import { names } from "../app/names.svelte";

export type Held = components["schemas"]["Content"];
export type Floor = components["schemas"]["FloorBody"];

/** Floors are told apart only when all that is kept on them is known. */
const MOST = 2_000;
const PAGE = 500;

/** One floor with what is kept on it. */
export interface Storey {
  readonly floor: Floor;
  readonly kept: readonly Kept[];
}

/** A shelf or room, by what people call it on its floor. */
export interface Kept {
  readonly id: string;
  readonly label: string;
}

/** All that is at a place, as far as one page can show it. */
export async function fetchContents(place: string, signal?: AbortSignal): Promise<readonly Held[]> {
  const all: Held[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: PAGE, ...(cursor ? { cursor } : {}) };
    const params = { path: { place }, query };
    const asked = api.GET("/v1/places/{place}/contents", { params, ...(signal ? { signal } : {}) });
    const page = await the(asked);
    all.push(...page.contents);
    names.learn(page.names);
    cursor = page.next ?? undefined;
  } while (cursor && all.length < MOST);
  return all;
}

/** The floors of a place, the highest first, and what is on none of them. */
export function storeys(
  floors: readonly Floor[],
  contents: readonly Held[],
  nameOf: (id: string) => string,
): { storeys: readonly Storey[]; elsewhere: readonly Held[] } {
  const kept = new Map<string, Kept[]>(floors.map((it) => [it.name.toLowerCase(), []]));
  const elsewhere: Held[] = [];
  for (const held of contents) {
    const named = onFloor(nameOf(held.id));
    const floor = held.id.startsWith("ctr_") && named ? kept.get(named.floor) : undefined;
    if (floor && named) floor.push({ id: held.id, label: named.label });
    else elsewhere.push(held);
  }
  const sorted = [...floors].sort((a, b) => b.above_ground_m - a.above_ground_m);
  const byLabel = (a: Kept, b: Kept): number =>
    a.label.localeCompare(b.label, undefined, { numeric: true });
  return {
    storeys: sorted.map((floor) => ({
      floor,
      kept: (kept.get(floor.name.toLowerCase()) ?? []).sort(byLabel),
    })),
    elsewhere,
  };
}

/** "Floor 3, shelf B" is shelf B on floor 3. */
function onFloor(name: string): { floor: string; label: string } | null {
  const [, floor, label] = /^floor\s+([^,:]+?)\s*[,:]\s*(.+)$/i.exec(name) ?? [];
  if (!floor || !label) return null;
  return { floor: floor.toLowerCase(), label: label.charAt(0).toUpperCase() + label.slice(1) };
}
