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
  seen(at: number, times: number, view: View): Pin[] {
    const pins = this.#all.flatMap(({ group, located }): Pin[] => {
      const spot = located.at(at);
      if (!spot) return [];
      const height_m = Math.max(0, spot.height ?? 0) * times;
      if (!view.sees(spot.lat, spot.lon, height_m)) return [];
      const [x = 0, y = 0] = view.project(spot.lon, spot.lat, height_m);
      return [{ ...group, x, y }];
    });
    return pins.sort((a, b) => a.packages - b.packages);
  }

  close(): void {
    for (const { located } of this.#all) located.close();
  }
}
