// Where it is night: the sun's place at an instant, and the Earth's dark side in soft steps.
import type { Feature, FeatureCollection, Polygon } from "geojson";

const RADIANS = Math.PI / 180;
const DAY_MS = 86_400_000;
/** From sunset to the end of dusk, in degrees below the horizon: each step a little darker. */
const STEPS = [0, 1.5, 3, 4.5, 6, 7.5, 9, 10.5, 12, 13.5, 15, 16.5, 18];
const LAT_MAX = 89.9;

/** The point below the sun, good to a few hundredths of a degree (Astronomical Almanac). */
export function sunAt(at: number): { lat: number; lon: number } {
  const days = at / DAY_MS - 10_957.5;
  const mean = 280.46 + 0.985_647_4 * days;
  const anomaly = (357.528 + 0.985_600_3 * days) * RADIANS;
  const long = (mean + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * RADIANS;
  const tilt = (23.439 - 4e-7 * days) * RADIANS;
  const lat = Math.asin(Math.sin(tilt) * Math.sin(long)) / RADIANS;
  const right = Math.atan2(Math.cos(tilt) * Math.sin(long), Math.cos(long)) / RADIANS;
  const sidereal = 280.460_618_37 + 360.985_647_366_29 * days;
  return { lat, lon: wrapped(right - sidereal) };
}

/** The dark side as nested shapes; `depth` of all that cover a point adds up to at most 1. */
export function night(at: number): FeatureCollection<Polygon, { depth: number }> {
  const sun = sunAt(at);
  const middle = { lat: -sun.lat, lon: wrapped(sun.lon + 180) };
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
