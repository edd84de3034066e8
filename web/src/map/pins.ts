// Groups of packages as pins: a map of one order shows these, and nothing else.
import { Located } from "./located.svelte";
import type { View } from "./marks";
import type { Point } from "./sphere";

/** Packages that are together. */
export interface Group {
  /** One of them: where it is, all are. */
  readonly one: string;
  readonly packages: number;
  readonly name: string;
  readonly href: string | null;
}

/** A group where it is on the screen just now. */
export interface Pin extends Group {
  readonly x: number;
  readonly y: number;
}

export class Pins {
  readonly #all: readonly { readonly group: Group; readonly located: Located }[];

  constructor(groups: readonly Group[], changed: () => void) {
    const told = { mode: () => null, changed };
    this.#all = groups.map((group) => ({ group, located: new Located(group.one, told) }));
  }

  follow(at: number | null): void {
    for (const { located } of this.#all) located.follow(at);
  }

  /** Whether it is known of each where it is. */
  get known(): boolean {
    return this.#all.every(({ located }) => located.whereabouts ?? located.problem);
  }

  points(at: number): Point[] {
    return this.#all.flatMap(({ located }): Point[] => {
      const spot = located.at(at);
      return spot ? [[spot.lat, spot.lon]] : [];
    });
  }

  /** Those that are seen, the largest last so that it lies on top. */
  seen(at: number, view: View): Pin[] {
    const pins = this.#all.flatMap(({ group, located }): Pin[] => {
      const spot = located.at(at);
      if (!spot) return [];
      // On the ground, so that one in the air stands where it is on the map.
      if (!view.sees(spot.lat, spot.lon, 0)) return [];
      const [x = 0, y = 0] = view.project(spot.lon, spot.lat, 0);
      return [{ ...group, x, y }];
    });
    return merged(pins).sort((a, b) => a.packages - b.packages);
  }

  close(): void {
    for (const { located } of this.#all) located.close();
  }
}

/** Pins that would lie over each other are one. */
const NEAR_PX = 24;

function merged(pins: readonly Pin[]): Pin[] {
  const kept: Pin[] = [];
  for (const pin of pins) {
    const nth = kept.findIndex((it) => Math.hypot(it.x - pin.x, it.y - pin.y) < NEAR_PX);
    const there = kept[nth];
    if (!there) kept.push(pin);
    else {
      const same = there.href === pin.href && there.name === pin.name;
      const name = same ? there.name : `${there.name}, ${pin.name}`;
      const packages = there.packages + pin.packages;
      kept[nth] = { ...there, packages, name, href: same ? there.href : null };
    }
  }
  return kept;
}
