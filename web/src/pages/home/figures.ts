// The figures of a day, counted of what the server tells.
import type { components } from "../../api/schema";
import type { Told } from "../../map/activity";

type Schemas = components["schemas"];
export type Reason = Schemas["AttentionReason"];

/** From this midnight to the next, in the viewer's zone. */
export function dayOf(at: number): { from: number; until: number } {
  const from = new Date(at);
  from.setHours(0, 0, 0, 0);
  const until = new Date(from);
  until.setDate(until.getDate() + 1);
  return { from: from.getTime(), until: until.getTime() };
}

export function changes(told: Told): number {
  return told.changes.reduce<number>((sum, it) => sum + (it ?? 0), 0);
}

/** All packages of a tile, in crowds and one by one. */
export function packagesOf(tile: Schemas["Tile"]): number {
  const all = [...tile.clusters, ...tile.marks];
  return all.reduce((sum, it) => sum + it.packages, 0);
}

/** A reason that an address names. */
export function reasonOf(text: string | null, known: Record<Reason, string>): Reason | null {
  return text !== null && text in known ? (text as Reason) : null;
}
