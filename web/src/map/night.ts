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

/** The dark side in bands that lie beside each other: everything is painted once. */
export function night(at: number): FeatureCollection<Polygon, { depth: number }> {
  const [lon, lat] = overhead(at);
  const middle = { lat: -lat, lon: wrapped(lon + 180) };
  const features = STEPS.flatMap((below, nth) => {
    const band = between(middle, 90 - below, 90 - (STEPS[nth + 1] ?? 90));
    return band.map((ring): Feature<Polygon, { depth: number }> => ({
      type: "Feature",
      properties: { depth: (nth + 1) / STEPS.length },
      geometry: { type: "Polygon", coordinates: [ring] },
    }));
  });
  return { type: "FeatureCollection", features };
}

type Ring = [number, number][];

/**
 * What lies farther than `inner` and not farther than `outer` degrees from a point: its northern and
 * its southern half, which meet where a meridian comes nearest.
 */
function between(middle: { lat: number; lon: number }, outer: number, inner: number): Ring[] {
  const north: { far: Ring; near: Ring } = { far: [], near: [] };
  const south: { far: Ring; near: Ring } = { far: [], near: [] };
  for (let offset = -180; offset <= 180; offset += 2) {
    const a = Math.sin(middle.lat * RADIANS);
    const b = Math.cos(middle.lat * RADIANS) * Math.cos(offset * RADIANS);
    const size = Math.hypot(a, b);
    const half = (radius: number): number =>
      Math.acos(Math.min(1, Math.cos(radius * RADIANS) / size)) / RADIANS;
    if (size < Math.cos(outer * RADIANS)) continue;
    const nearest = Math.atan2(a, b) / RADIANS;
    // Over a pole the same longitude is met again on its other side.
    const limit = (lat: number): number => Math.min(LAT_MAX, Math.max(-LAT_MAX, lat));
    const lon = middle.lon + offset;
    north.far.push([lon, limit(nearest + half(outer))]);
    north.near.push([lon, limit(nearest + half(inner))]);
    south.far.push([lon, limit(nearest - half(outer))]);
    south.near.push([lon, limit(nearest - half(inner))]);
  }
  return [north, south].map(({ far, near }) => closed([...far, ...near.reverse()]));
}

function closed(ring: Ring): Ring {
  const [first] = ring;
  return first ? [...ring, first] : [];
}

function wrapped(lon: number): number {
  return ((((lon + 180) % 360) + 360) % 360) - 180;
}
