// Where it is night: the Earth's dark side in soft steps.
import type { Feature, FeatureCollection, Polygon } from "geojson";

import { overhead } from "../browser/sky";

const RADIANS = Math.PI / 180;
/** From sunset to the end of dusk, in degrees below the horizon: each step a little darker. */
const STEPS = [0, 1.5, 3, 4.5, 6, 7.5, 9, 10.5, 12, 13.5, 15, 16.5, 18];
const LAT_MAX = 89.9;

/**
 * The sun as MapLibre's light: radius, azimuth and polar angle of the direction away from it, where
 * the polar axis leads out of the Earth at 0, 0 and azimuths are counted from north
 * (`getSunPos` and `sphericalToCartesian` of maplibre-gl).
 */
export function light(at: number): [radius: number, azimuth: number, polar: number] {
  const [lon, lat] = overhead(at).map((it) => it * RADIANS) as [number, number];
  const [east, north, out] = [
    Math.cos(lat) * Math.sin(lon),
    Math.sin(lat),
    Math.cos(lat) * Math.cos(lon),
  ];
  const azimuth = (Math.atan2(east, -north) / RADIANS + 360) % 360;
  return [1.5, azimuth, Math.acos(-out) / RADIANS];
}

/** The dark side as nested shapes; `depth` of all that cover a point adds up to at most 1. */
export function night(at: number): FeatureCollection<Polygon, { depth: number }> {
  const [lon, lat] = overhead(at);
  const middle = { lat: -lat, lon: wrapped(lon + 180) };
  const features = STEPS.map((below): Feature<Polygon, { depth: number }> => ({
    type: "Feature",
    properties: { depth: 1 / STEPS.length },
    geometry: { type: "Polygon", coordinates: [ring(middle, 90 - below)] },
  }));
  return { type: "FeatureCollection", features };
}

/** What lies within so many degrees of a point, as lowest and highest latitude by longitude. */
function ring(middle: { lat: number; lon: number }, radius: number): [number, number][] {
  const upper: [number, number][] = [];
  const lower: [number, number][] = [];
  const c = Math.cos(radius * RADIANS);
  for (let offset = -180; offset <= 180; offset += 2) {
    const a = Math.sin(middle.lat * RADIANS);
    const b = Math.cos(middle.lat * RADIANS) * Math.cos(offset * RADIANS);
    const size = Math.hypot(a, b);
    if (size < Math.abs(c)) continue;
    const top = Math.atan2(a, b) / RADIANS;
    const half = Math.acos(c / size) / RADIANS;
    const limit = (lat: number): number => Math.min(LAT_MAX, Math.max(-LAT_MAX, lat));
    // Over a pole the same longitude is met again on its other side.
    upper.push([middle.lon + offset, limit(top + half)]);
    lower.push([middle.lon + offset, limit(top - half)]);
  }
  const closed = [...upper, ...lower.reverse()];
  const [first] = closed;
  return first ? [...closed, first] : [];
}

function wrapped(lon: number): number {
  return ((((lon + 180) % 360) + 360) % 360) - 180;
}
