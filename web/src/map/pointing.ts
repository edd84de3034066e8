// What is under the pointer: found by arithmetic over what was drawn, so that it is found at once.
import type { Scene } from "../browser/scene";
import type { Pointed } from "./face";
import { ALONE, crowdAt, holderAt, type Holder } from "./holders";
import { CROWDS_FROM, type Dot, type Mark, type View } from "./marks";

export interface Hit {
  /** The holder's place in the columns, -1 for the chosen one by itself. */
  readonly slot: number;
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
    slot: number,
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
    best = { slot, dot, x: px, y: py };
  };
  for (const it of marks) offer(it.slot, it.lat, it.lon, it.height_m, it.size / 2, null);
  for (const it of dots) offer(it.crowd ? -1 : it.key, it.lat, it.lon, 0, it.radius, it);
  return best;
}

/** What somebody hit, with all that is known of it. */
export function pointedAt({ x, y, dot, slot }: Hit, scene: Scene, chosen: Holder | null): Pointed {
  if (dot?.crowd) {
    const crowd = crowdAt(scene.columns.clusters, dot.key - CROWDS_FROM);
    return { x, y, holder: null, crowd };
  }
  return { x, y, holder: slot === ALONE ? chosen : holderAt(scene, slot), crowd: null };
}
