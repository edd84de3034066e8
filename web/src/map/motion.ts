// Where something on a path is at an instant: what the map evaluates between two answers of the
// server, as `domain/src/map/path.rs` says it.

/** Points of a path, oldest first; never empty. Heights are metres above the ellipsoid. */
export interface Path {
  readonly at: readonly number[];
  readonly lat: readonly number[];
  readonly lon: readonly number[];
  readonly height_m: readonly (number | null)[];
}

/** Where something is just now. */
export interface Spot {
  lat: number;
  lon: number;
  height_m: number | null;
  /** Clockwise from north, in degrees; nothing where it rests. */
  heading: number | null;
  /** Metres a second over the ground. */
  speed_mps: number;
}

const RADIANS = Math.PI / 180;
export const EARTH_M = 6_371_008.8;

export function isMoving(path: Path, at: number): boolean {
  const index = segment(path, at);
  if (index === null) return false;
  return path.lat[index] !== path.lat[index + 1] || path.lon[index] !== path.lon[index + 1];
}

/** Whether it goes anywhere at all. */
export function goesAnywhere(path: Path): boolean {
  return path.lat.some((it, index) => it !== path.lat[0] || path.lon[index] !== path.lon[0]);
}

export function spotAt(path: Path, at: number): Spot {
  const index = segment(path, at);
  if (index === null) {
    const last = at < num(path.at, 0) ? 0 : path.at.length - 1;
    return {
      lat: num(path.lat, last),
      lon: num(path.lon, last),
      height_m: heightAt(path, last),
      heading: null,
      speed_mps: 0,
    };
  }
  const from = num(path.at, index);
  const whole = Math.max(1, num(path.at, index + 1) - from);
  const part = (at - from) / whole;
  const a: Point = [num(path.lat, index), num(path.lon, index)];
  const b: Point = [num(path.lat, index + 1), num(path.lon, index + 1)];
  const [lat, lon] = between(a, b, part);
  const low = heightAt(path, index);
  const high = path.height_m[index + 1] ?? null;
  const height_m = low !== null && high !== null ? low + (high - low) * part : low;
  const far = angle(a, b) * EARTH_M;
  if (far < 0.5) return { lat, lon, height_m, heading: null, speed_mps: 0 };
  return { lat, lon, height_m, heading: bearing([lat, lon], b), speed_mps: (far / whole) * 1000 };
}

/** A height that nobody told is the last one that somebody did. */
function heightAt(path: Path, index: number): number | null {
  for (let it = index; it >= 0; it--) {
    const height = path.height_m[it];
    if (height !== null && height !== undefined) return height;
  }
  return null;
}

export type Point = readonly [lat: number, lon: number];

/** The point of the great circle between two at a part of the way. */
export function between(a: Point, b: Point, part: number): Point {
  const theta = angle(a, b);
  if (theta < 1e-9) return part < 0.5 ? a : b;
  const near = Math.sin((1 - part) * theta) / Math.sin(theta);
  const far = Math.sin(part * theta) / Math.sin(theta);
  const [ax, ay, az] = unit(a);
  const [bx, by, bz] = unit(b);
  return fromUnit(near * ax + far * bx, near * ay + far * by, near * az + far * bz);
}

/** The angle between two points as seen from the middle of the Earth, in radians. */
export function angle(a: Point, b: Point): number {
  const dLat = (b[0] - a[0]) * RADIANS;
  const dLon = (b[1] - a[1]) * RADIANS;
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(a[0] * RADIANS) * Math.cos(b[0] * RADIANS) * Math.sin(dLon / 2) ** 2;
  return 2 * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The way from one point to another, clockwise from north, in degrees. */
export function bearing(a: Point, b: Point): number {
  const dLon = (b[1] - a[1]) * RADIANS;
  const [latA, latB] = [a[0] * RADIANS, b[0] * RADIANS];
  const y = Math.sin(dLon) * Math.cos(latB);
  const x = Math.cos(latA) * Math.sin(latB) - Math.sin(latA) * Math.cos(latB) * Math.cos(dLon);
  return (Math.atan2(y, x) / RADIANS + 360) % 360;
}

/** The point that lies so far that way. */
export function towards([lat, lon]: Point, degrees: number, metres: number): Point {
  const far = metres / EARTH_M;
  const way = degrees * RADIANS;
  const from = lat * RADIANS;
  const to = Math.asin(
    Math.sin(from) * Math.cos(far) + Math.cos(from) * Math.sin(far) * Math.cos(way),
  );
  const by = Math.atan2(
    Math.sin(way) * Math.sin(far) * Math.cos(from),
    Math.cos(far) - Math.sin(from) * Math.sin(to),
  );
  return [to / RADIANS, lon + by / RADIANS];
}

export function unit([lat, lon]: Point): readonly [number, number, number] {
  const cos = Math.cos(lat * RADIANS);
  return [cos * Math.cos(lon * RADIANS), cos * Math.sin(lon * RADIANS), Math.sin(lat * RADIANS)];
}

function fromUnit(x: number, y: number, z: number): Point {
  return [Math.atan2(z, Math.hypot(x, y)) / RADIANS, Math.atan2(y, x) / RADIANS];
}

/** The part of the path that an instant is in; nothing before the first and after the last. */
function segment(path: Path, at: number): number | null {
  const { length } = path.at;
  if (length < 2 || at < num(path.at, 0) || at >= num(path.at, length - 1)) return null;
  let low = 0;
  let high = length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (num(path.at, middle) <= at) low = middle;
    else high = middle;
  }
  return low;
}

function num(list: readonly (number | null)[], index: number): number {
  return list[index] ?? 0;
}
