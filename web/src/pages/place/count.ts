// How many packages a place holds, with all that is in what it holds: the map knows it.
import { api } from "../../api/client";
import type { components } from "../../api/schema";

const ZOOM = 13;

/** The tile of the map that a point lies in. */
export function tileAt(lat: number, lon: number, z = ZOOM): { z: number; x: number; y: number } {
  const many = 2 ** z;
  const wrap = (it: number): number => Math.min(many - 1, Math.max(0, Math.floor(it)));
  const north = Math.asinh(Math.tan((lat * Math.PI) / 180));
  return { z, x: wrap(((lon + 180) / 360) * many), y: wrap(((1 - north / Math.PI) / 2) * many) };
}

/** Packages still on their way that are at a place; nothing if the map does not tell. */
export async function packagesAt(
  id: string,
  at: { lat: number; lon: number },
  signal?: AbortSignal,
): Promise<{ packages: number; problems: number } | null> {
  const { z, x, y } = tileAt(at.lat, at.lon);
  const path = { z: String(z), x: String(x), y: String(y) };
  const { data } = await api.GET("/v1/map/{z}/{x}/{y}", {
    params: { path },
    headers: { Accept: "application/json" },
    ...(signal ? { signal } : {}),
  });
  // The tile as JSON, which was asked for, and not as columns.
  const tile = data as components["schemas"]["Tile"] | undefined;
  const mark = tile?.marks.find((it) => it.id === id);
  return mark ? { packages: mark.packages, problems: mark.problems } : null;
}
