// The figures of a day, counted of what the server tells.
import type { components } from "../../api/schema";
import type { Told } from "../../map/activity";
import { dayBegins, dayOf as nameOf } from "../../words/times";

type Schemas = components["schemas"];
export type Reason = Schemas["AttentionReason"];

/** From this midnight to the next, in the viewer's zone. */
export function dayOf(at: number): { from: number; until: number } {
  const day = nameOf(at);
  return { from: dayBegins(day), until: dayBegins(day, 1) };
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
