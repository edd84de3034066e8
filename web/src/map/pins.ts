// Groups of packages as pins: a map of one order or of a search shows these, and nothing else.
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
  /** Where it is, if that was said with it; else it is looked for and followed. */
  readonly at?: Point;
  /** How many more are in it that its name does not name. */
  readonly others?: number;
}

/** A group where it is on the screen just now. */
export interface Pin extends Group {
  readonly at: Point;
  readonly others: number;
  readonly x: number;
  readonly y: number;
  /** Pixels across. */
  readonly size: number;
}

export class Pins {
  readonly #all: readonly { readonly group: Group; readonly located: Located | null }[];

  constructor(groups: readonly Group[], changed: () => void) {
    const told = { mode: () => null, changed };
    this.#all = groups.map((group) => ({
      group,
      located: group.at ? null : new Located(group.one, told),
    }));
  }

  follow(at: number | null): void {
    for (const { located } of this.#all) located?.follow(at);
  }

  /** Whether it is known of each where it is. */
  get known(): boolean {
    return this.#all.every(({ located }) => !located || (located.whereabouts ?? located.problem));
  }

  points(at: number): Point[] {
    return this.#placed(at).map((it) => it.at);
  }

  /** Those that are seen, the largest last so that it lies on top. */
  seen(at: number, view: View): Pin[] {
    const pins = this.#placed(at).flatMap((group): Pin[] => {
      const [lat, lon] = group.at;
      // On the ground, so that one in the air stands where it is on the map.
      if (!view.sees(lat, lon, 0)) return [];
      const [x = 0, y = 0] = view.project(lon, lat, 0);
      return [{ ...group, others: group.others ?? 0, x, y, size: sizeOf(group.packages) }];
    });
    return merged(pins).sort((a, b) => a.packages - b.packages);
  }

  close(): void {
    for (const { located } of this.#all) located?.close();
  }

  #placed(instant: number): (Group & { readonly at: Point })[] {
    return this.#all.flatMap(({ group, located }) => {
      const spot = located?.at(instant);
      const at: Point | undefined = spot ? [spot.lat, spot.lon] : group.at;
      return at ? [{ ...group, at }] : [];
    });
  }
}

/** Pins that would lie over each other are one: no nearer than this part of their sizes. */
const NEAR = 0.42;

function sizeOf(packages: number): number {
  return Math.round(26 + Math.min(30, 6 * Math.log2(1 + packages / 2)));
}

/** The largest come first and keep their names. */
function merged(pins: readonly Pin[]): Pin[] {
  const kept: Pin[] = [];
  for (const pin of [...pins].sort((a, b) => b.packages - a.packages)) {
    const nth = kept.findIndex(
      (it) => Math.hypot(it.x - pin.x, it.y - pin.y) < NEAR * (it.size + pin.size),
    );
    const there = kept[nth];
    if (!there) kept.push(pin);
    else {
      const same = there.href === pin.href && there.name === pin.name;
      const packages = there.packages + pin.packages;
      const others = there.others + pin.others + (same ? 0 : 1);
      const { href } = same ? there : { href: null };
      kept[nth] = { ...there, packages, others, href, size: sizeOf(packages) };
    }
  }
  return kept;
}
