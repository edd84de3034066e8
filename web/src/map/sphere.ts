// Points on a sphere, for lines, discs and views that are drawn; what moves is placed by Rust.

const RADIANS = Math.PI / 180;
export const EARTH_M = 6_371_008.8;

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

/** The point that most of them are around. */
export function middle(points: readonly Point[]): Point {
  const sum: [number, number, number] = [0, 0, 0];
  for (const it of points) for (const axis of [0, 1, 2] as const) sum[axis] += unit(it)[axis];
  return fromUnit(...sum);
}

export function unit([lat, lon]: Point): readonly [number, number, number] {
  const cos = Math.cos(lat * RADIANS);
  return [cos * Math.cos(lon * RADIANS), cos * Math.sin(lon * RADIANS), Math.sin(lat * RADIANS)];
}

function fromUnit(x: number, y: number, z: number): Point {
  return [Math.atan2(z, Math.hypot(x, y)) / RADIANS, Math.atan2(y, x) / RADIANS];
}
