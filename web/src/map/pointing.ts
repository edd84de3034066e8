// What is under the pointer: found by arithmetic over what was drawn, so that it is found at once.
import type { Dot, Mark, View } from "./scene";

export interface Hit {
  readonly key: string;
  /** Several together; nothing for one by itself. */
  readonly dot: Dot | null;
  readonly x: number;
  readonly y: number;
}

const NEAR_PX = 15;

/** The nearest that is near at all; of two the one whose edge is nearer. */
export function hitAt(
  x: number,
  y: number,
  marks: readonly Mark[],
  dots: readonly Dot[],
  view: View,
): Hit | null {
  let best: Hit | null = null;
  let nearest = NEAR_PX;
  const offer = (
    key: string,
    lat: number,
    lon: number,
    height_m: number,
    reach: number,
    dot: Dot | null,
  ): void => {
    const [px = 0, py = 0] = view.project(lon, lat, height_m);
    const far = Math.hypot(px - x, py - y) - reach;
    if (nearest <= far || !view.sees(lat, lon, height_m)) return;
    nearest = far;
    best = { key, dot, x: px, y: py };
  };
  for (const it of marks) offer(it.key, it.lat, it.lon, it.height_m, it.size / 2, null);
  for (const it of dots) offer(it.key, it.lat, it.lon, 0, it.radius, it);
  return best;
}
