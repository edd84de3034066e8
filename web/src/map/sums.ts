// The line that adds up: how many packages the view shows, and how they are.
import type { Crowd, Holder } from "./holders";
import { isMoving, spotAt } from "./motion";
import { within, type Bounds } from "./tiles";

export interface Sums {
  readonly packages: number;
  readonly moving: number;
  readonly resting: number;
  readonly attention: number;
  /** In crowds of which a tile does not tell who moves. */
  readonly together: number;
}

/** A tile shows so many that move one by one; more of them are in its crowds. */
export const MOVING_SHOWN_MAX = 60;

export interface Counted {
  readonly holders: Iterable<Holder>;
  readonly crowds: Iterable<{ crowd: Crowd; mixed: boolean }>;
}

/** Every package counts once: what needs attention is neither moving nor at rest. */
export function sumsOf(all: Counted, at: number, view: Bounds | null): Sums {
  let [packages, moving, resting, attention, together] = [0, 0, 0, 0, 0];
  for (const it of all.holders) {
    if (view) {
      const spot = spotAt(it.path, at);
      if (!within(view, spot.lat, spot.lon)) continue;
    }
    packages += it.packages;
    attention += it.problems;
    if (isMoving(it.path, at)) moving += it.packages - it.problems;
    else resting += it.packages - it.problems;
  }
  for (const { crowd, mixed } of all.crowds) {
    if (view && !within(view, crowd.lat, crowd.lon)) continue;
    packages += crowd.packages;
    attention += crowd.problems;
    if (mixed) together += crowd.packages - crowd.problems;
    else resting += crowd.packages - crowd.problems;
  }
  return { packages, moving, resting, attention, together };
}
