// Where the one thing that is selected was, is and will be: its track, and what was measured since.
import type { components } from "../api/schema";
import { Trail as Held } from "./generated/browser.js";
import { load } from "./load";
import { BASES, type MapBasis, type MapMode } from "./scene";

type Fix = components["schemas"]["Fix"];

/** A point of a track, as `GET …/track` tells it. */
export interface TrackPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly lon: number;
  readonly lat: number;
  /** Metres above the ellipsoid. */
  readonly height: number | null;
  /** It was within this many metres, 95 times of 100. */
  readonly radius: number;
  readonly basis: MapBasis;
}

/** Where it is at an instant. */
export interface Spot extends TrackPoint {
  /** Degrees clockwise from north; nothing at rest. */
  readonly course: number | null;
  /** When the latest fact that this rests on happened, in milliseconds since 1970. */
  readonly asOf: number;
}

/** A trail, once the WebAssembly is there. */
export async function newTrail(mode: MapMode, track: readonly TrackPoint[]): Promise<Trail> {
  await load();
  return new Trail(mode, track);
}

/** Along its track as `domain` moves things; after the end as `domain` foretells. */
export class Trail {
  readonly #held: Held;
  /**
   * How far the sea is above the ellipsoid where it is, in metres, as whereabouts tell
   * (`height_m` less `above_sea_m`): what trackers measure above the sea is known by it.
   */
  sea: number | null = null;

  /** A track, oldest point first. Throws if one is on no Earth. */
  constructor(mode: MapMode, track: readonly TrackPoint[]) {
    const rows = new Float64Array(track.length * 5);
    track.forEach((it, index) => {
      rows.set([it.at, it.lon, it.lat, it.height ?? NaN, it.radius], index * 5);
    });
    const bases = Uint8Array.from(track, (it) => BASES.indexOf(it.basis));
    this.#held = new Held(mode ?? "", rows, bases);
  }

  /** Adds what a tracker of it measured. */
  heard({ at, measured }: Pick<Fix, "at" | "measured">): void {
    const { position, radius_95_m, speed_m_s, course_deg } = measured;
    this.#held.heard(
      Date.parse(at),
      position.lon,
      position.lat,
      this.#above(position) ?? NaN,
      radius_95_m ?? NaN,
      speed_m_s ?? NaN,
      course_deg ?? NaN,
    );
  }

  #above({ height_m, datum }: Fix["measured"]["position"]): number | null {
    if (height_m === null || height_m === undefined) return null;
    if (datum === "ellipsoid") return height_m;
    return this.sea === null ? null : height_m + this.sea;
  }

  /** Where it is at an instant, past or to come; nothing if nothing is known. */
  at(millis: number): Spot | null {
    const numbers = this.#held.at(millis);
    if (numbers.length === 0) return null;
    const [lon = NaN, lat = NaN, height = NaN, course = NaN] = numbers;
    const [radius = NaN, basis = NaN, asOf = NaN] = numbers.subarray(4);
    return {
      at: millis,
      lon,
      lat,
      height: Number.isNaN(height) ? null : height,
      course: Number.isNaN(course) ? null : course,
      radius,
      basis: BASES[basis] ?? "predicted",
      asOf,
    };
  }

  /** Gives its memory back; it must not be used afterwards. */
  free(): void {
    this.#held.free();
  }
}
