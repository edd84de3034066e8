// The view that shows all of some points.
import type { Camera } from "./surface";
import { exaggeration } from "./heights";
import { home } from "./where";
import { angle, EARTH_M, middle, type Point } from "./sphere";

const SMALLEST_M = 40_000;
const PARALLEL_M = 40_075_016.7;
const DEGREE_M = PARALLEL_M / 360;
const TILTED_ZOOM_MIN = 1;
/** The part of the shorter side that is left free around. */
const ROOM = 0.62;
const STEEP = 35;
const REGIONS_ZOOM_MAX = 4.5;

/** Middle and zoom so that all of them are seen on a screen of this size; nothing without points. */
export function framing(
  points: readonly Point[],
  { width, height }: { readonly width: number; readonly height: number },
): { lat: number; lon: number; zoom: number } | null {
  const [first] = points;
  if (!first) return null;
  // Longitudes as seen from the first point, so that the antimeridian is no edge.
  const lons = points.map(([, lon]) => first[1] + wrapped(lon - first[1]));
  const lats = points.map(([lat]) => lat);
  const [west, east] = [Math.min(...lons), Math.max(...lons)];
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  const centre: Point = [(south + north) / 2, (west + east) / 2];
  const reach = Math.max(...points.map((it) => angle(centre, it) * EARTH_M));
  const wide_m = Math.max(SMALLEST_M, 2 * reach);
  const pixels = Math.max(120, Math.min(width, height)) * ROOM;
  const cos = Math.max(0.1, Math.cos((centre[0] * Math.PI) / 180));
  const zoom = Math.log2((PARALLEL_M * cos * pixels) / (512 * wide_m));
  return { lat: centre[0], lon: wrapped(centre[1]), zoom: Math.min(14, Math.max(0.8, zoom)) };
}

/** A point above the ground. */
export interface Raised {
  readonly lat: number;
  readonly lon: number;
  /** Metres; nothing on the ground. */
  readonly height: number | null;
}

/** The same seen from the south under an angle, so that what is high is in it as high as it is drawn. */
export function framingRaised(
  points: readonly Raised[],
  view: { readonly width: number; readonly height: number },
  pitch: number,
): Partial<Camera> | null {
  const below = points.map((it): Point => [it.lat, it.lon]);
  const flat = framing(below, view);
  if (!flat || flat.zoom <= TILTED_ZOOM_MIN) return flat && { ...flat, pitch: 0 };
  // On the screen height is as if it stood that much further north.
  const up = (exaggeration(flat.zoom) * Math.tan((pitch * Math.PI) / 180)) / DEGREE_M;
  const above = points.map((it): Point => [Math.min(85, it.lat + (it.height ?? 0) * up), it.lon]);
  return { ...framing([...below, ...above], view), pitch, bearing: 0 };
}

/** The same for what is about whole regions: at most so near, and the globe as large as ever. */
export function fromAbove(
  points: readonly Point[],
  view: { readonly width: number; readonly height: number },
): Partial<Camera> | null {
  const found = framing(points, view);
  const { zoom } = home(view.width, view.height);
  if (!found || zoom < found.zoom)
    return found && { ...found, zoom: Math.min(found.zoom, REGIONS_ZOOM_MAX), pitch: 0 };
  // All around the Earth there is no middle but where most of them are, seen from no pole.
  const [lat, lon] = middle(points);
  return { lat: Math.max(-STEEP, Math.min(STEEP, lat)), lon, zoom, pitch: 0 };
}

function wrapped(lon: number): number {
  return ((((lon + 180) % 360) + 360) % 360) - 180;
}
