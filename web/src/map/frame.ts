// The view that shows all of some points.
import { angle, EARTH_M, type Point } from "./sphere";

const SMALLEST_M = 40_000;
const PARALLEL_M = 40_075_016.7;
/** The part of the shorter side that is left free around. */
const ROOM = 0.62;

/** Middle and zoom so that all of them are seen on a screen of this size; nothing without points. */
export function framing(
  points: readonly Point[],
  width: number,
  height: number,
): { lat: number; lon: number; zoom: number } | null {
  const [first] = points;
  if (!first) return null;
  // Longitudes as seen from the first point, so that the antimeridian is no edge.
  const lons = points.map(([, lon]) => first[1] + wrapped(lon - first[1]));
  const lats = points.map(([lat]) => lat);
  const [west, east] = [Math.min(...lons), Math.max(...lons)];
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  const middle: Point = [(south + north) / 2, (west + east) / 2];
  const reach = Math.max(...points.map((it) => angle(middle, it) * EARTH_M));
  const wide_m = Math.max(SMALLEST_M, 2 * reach);
  const pixels = Math.max(120, Math.min(width, height)) * ROOM;
  const cos = Math.max(0.1, Math.cos((middle[0] * Math.PI) / 180));
  const zoom = Math.log2((PARALLEL_M * cos * pixels) / (512 * wide_m));
  return { lat: middle[0], lon: wrapped(middle[1]), zoom: Math.min(14, Math.max(0.8, zoom)) };
}

function wrapped(lon: number): number {
  return ((((lon + 180) % 360) + 360) % 360) - 180;
}
