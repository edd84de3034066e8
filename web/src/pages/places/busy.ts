// Where packages lie now: the places that the map shows, the fullest first.
import { api } from "../../api/client";
import type { components } from "../../api/schema";

/** The whole earth in sixteen tiles. */
const ZOOM = 2;

export interface Busy {
  readonly id: string;
  readonly kind: string;
  readonly packages: number;
  readonly problems: number;
}

interface Mark {
  readonly id?: string | null;
  readonly kind: string;
  readonly packages: number;
  readonly problems: number;
}

export async function busyPlaces(signal: AbortSignal): Promise<readonly Busy[]> {
  const many = 2 ** ZOOM;
  const tiles = Array.from({ length: many * many }, (_, nth) => ({
    z: String(ZOOM),
    x: String(nth % many),
    y: String(Math.floor(nth / many)),
  }));
  const headers = { Accept: "application/json" };
  const answers = await Promise.all(
    tiles.map((path) => api.GET("/v1/map/{z}/{x}/{y}", { params: { path }, headers, signal })),
  );
  // The tiles as JSON, which was asked for, and not as columns.
  const told = answers.map((it) => it.data as components["schemas"]["Tile"] | undefined);
  return ranked(told.flatMap((it) => it?.marks ?? []));
}

/** Places among what is on the map; one on the edge of two tiles counts once. */
export function ranked(marks: readonly Mark[]): readonly Busy[] {
  const places = new Map<string, Busy>();
  for (const { id, kind, packages, problems } of marks) {
    if (id?.startsWith("plc_") && packages > 0) places.set(id, { id, kind, packages, problems });
  }
  return [...places.values()].sort((a, b) => b.packages - a.packages);
}
