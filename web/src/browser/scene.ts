// Every holder on the screen and where it is, as columns that graphics take as they are.
import type { components } from "../api/schema";
import { Scene as Held } from "./generated/browser.js";
import { load } from "./load";

type OnMap = components["schemas"]["OnMap"];
type Shown = NonNullable<OnMap["holder"]>;

/** What a mark stands for, by the number that `kinds` has. */
export const KINDS = [
  "package",
  "lane",
  "pallet",
  "cage",
  "box",
  "truck",
  "aircraft",
  "vessel",
  "train",
  "room",
  "shelf",
  "other",
  "facility",
  "airport",
  "port",
  "city",
  "country",
  "private",
] as const;
export type Kind = (typeof KINDS)[number];

/** How it moves, by the number that `modes` has. */
export const MODES = [null, "air", "road", "rail", "sea"] as const;
export type MapMode = (typeof MODES)[number];

/** What its place rests on, by the number that `bases` has; 255 if nobody knows. */
export const BASES = ["measured", "scanned", "inherited", "interpolated", "predicted"] as const;
export type MapBasis = (typeof BASES)[number];

/** Columns by slot: those that move come first. They are views: hold none across `arrange`. */
export interface Columns {
  /** How many holders have slots. */
  readonly count: number;
  /** How many of them have a way to go: slots below this. */
  readonly moving: number;
  /** Longitude, latitude, metres above the ellipsoid (0 where nobody knows). */
  readonly positions: Float64Array<ArrayBuffer>;
  /** The same less the origin of the last `place`, longitudes the short way round. */
  readonly offsets: Float32Array<ArrayBuffer>;
  /** Degrees clockwise from north; of what rests, where it was heading last. */
  readonly courses: Float32Array<ArrayBuffer>;
  /** Metres per second over the ground; 0 at rest. */
  readonly speeds: Float32Array<ArrayBuffer>;
  /** It is within this many metres, 95 times of 100; grows with silence. */
  readonly radii: Float32Array<ArrayBuffer>;
  /** Seconds since the latest fact. */
  readonly ages: Float32Array<ArrayBuffer>;
  readonly bases: Uint8Array<ArrayBuffer>;
  readonly kinds: Uint8Array<ArrayBuffer>;
  readonly modes: Uint8Array<ArrayBuffer>;
  /** The carrier of most packages: 0 none, else its place in `carriers` and 1. */
  readonly carriers: Uint16Array<ArrayBuffer>;
  readonly packages: Uint32Array<ArrayBuffer>;
  readonly problems: Uint32Array<ArrayBuffer>;
  /** Where there are too many to be shown one by one; positions are pairs. */
  readonly clusters: {
    readonly count: number;
    readonly positions: Float64Array<ArrayBuffer>;
    readonly offsets: Float32Array<ArrayBuffer>;
    readonly holders: Uint32Array<ArrayBuffer>;
    readonly packages: Uint32Array<ArrayBuffer>;
    readonly problems: Uint32Array<ArrayBuffer>;
    /** 1 if some of its holders may move, else 0. */
    readonly mixed: Uint8Array<ArrayBuffer>;
  };
}

/** How many packages there are, and how they are: every one counts once. */
export interface Sums {
  readonly packages: number;
  readonly moving: number;
  readonly resting: number;
  readonly attention: number;
  /** In crowds of which a tile does not tell who moves. */
  readonly together: number;
}

/** A part of the Earth; east of west, also across the antimeridian. */
export interface Bounds {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

const EVERYWHERE: Bounds = { west: -180, south: -90, east: 180, north: 90 };

/** A point of a path. */
export interface Point {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly lon: number;
  readonly lat: number;
  /** Metres above the ellipsoid. */
  readonly height: number | null;
}

/** A scene, once the WebAssembly is there. */
export async function newScene(): Promise<Scene> {
  return new Scene(await load());
}

/**
 * Put tiles and news into it and have it arranged before each frame; then place everything
 * as often as the screen is drawn, and let it age once a second.
 */
export class Scene {
  readonly #held = new Held();
  readonly #memory: WebAssembly.Memory;
  #columns: Columns | null = null;
  #carriers: readonly string[] | null = null;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  /** Call this when a tile is asked for; put the number with the tile. */
  ask(): number {
    return this.#held.ask();
  }

  /** Puts a tile's bytes (`application/vnd.whereabouts.map`). Throws if they are none. */
  putTile(zoom: number, x: number, y: number, bytes: Uint8Array, asked: number): void {
    this.#held.putTile(zoom, x, y, bytes, asked);
  }

  dropTile(zoom: number, x: number, y: number): void {
    this.#held.dropTile(zoom, x, y);
  }

  /** Takes everything away, as when the map is narrowed in another way. */
  clear(): void {
    this.#held.clear();
  }

  /** Takes news of a holder; false if its tile is too crowded to tell: fetch that anew. */
  take(news: OnMap): boolean {
    const it = news.holder;
    return it ? this.#show(it) : this.#held.dropHolder(news.key);
  }

  #show(it: Shown): boolean {
    const path = new Float64Array(it.path.length * 4);
    it.path.forEach((point, index) => {
      path.set([Date.parse(point.at), point.lon, point.lat, point.height_m ?? NaN], index * 4);
    });
    return this.#held.putHolder(
      it.key,
      it.kind,
      it.mode,
      it.basis,
      it.carrier,
      it.packages,
      it.problems,
      it.radius_95_m,
      Date.parse(it.as_of),
      it.name,
      path,
    );
  }

  /** Gives every holder a slot if anything changed; true if so: then every column is another. */
  arrange(): boolean {
    const changed = this.#held.arrange();
    if (changed) {
      this.#columns = null;
      this.#carriers = null;
    }
    return changed;
  }

  /** Fills positions, offsets and courses for an instant; says how many move at it. */
  place(millis: number, lon = 0, lat = 0): number {
    return this.#held.place(millis, lon, lat);
  }

  /** Fills ages, bases and radii for an instant. */
  age(millis: number): void {
    this.#held.age(millis);
  }

  get columns(): Columns {
    // Views die when the memory grows.
    if (this.#columns?.positions.buffer !== this.#memory.buffer) this.#columns = this.#view();
    return this.#columns;
  }

  /** What a view holds as everything was placed last. */
  sums({ west, south, east, north }: Bounds = EVERYWHERE): Sums {
    const told = this.#held.sums(west, south, east, north);
    const [packages = 0, moving = 0, resting = 0, attention = 0, together = 0] = told;
    return { packages, moving, resting, attention, together };
  }

  /** Whose packages are shown. */
  get carriers(): readonly string[] {
    this.#carriers ??= this.#held.carriers();
    return this.#carriers;
  }

  keyOf(slot: number): string | null {
    return this.#held.keyOf(slot) ?? null;
  }

  /** The subject with a page of its own; nothing for a lane. */
  subjectOf(slot: number): string | null {
    return this.#held.subjectOf(slot) ?? null;
  }

  nameOf(slot: number): string | null {
    return this.#held.nameOf(slot) ?? null;
  }

  /** The slot of a holder, by its key or its subject. */
  slotOf(key: string): number | null {
    return this.#held.slotOf(key) ?? null;
  }

  pathOf(slot: number): Point[] {
    const numbers = this.#held.pathOf(slot);
    return Array.from({ length: numbers.length / 4 }, (_, index) => {
      const [at = NaN, lon = NaN, lat = NaN, height = NaN] = numbers.subarray(index * 4);
      return { at, lon, lat, height: Number.isNaN(height) ? null : height };
    });
  }

  /** Gives its memory back; it must not be used afterwards. */
  free(): void {
    this.#columns = null;
    this.#held.free();
  }

  #view(): Columns {
    const buffer = this.#memory.buffer;
    const addresses = this.#held.addresses();
    const at = (index: number): number => addresses[index] ?? 0;
    const wide = (index: number, length: number) => new Float64Array(buffer, at(index), length);
    const single = (index: number, length: number) => new Float32Array(buffer, at(index), length);
    const bytes = (index: number, length: number) => new Uint8Array(buffer, at(index), length);
    const counts = (index: number, length: number) => new Uint32Array(buffer, at(index), length);
    const { count, moving, crowds } = this.#held;
    return {
      count,
      moving,
      positions: wide(0, count * 3),
      offsets: single(1, count * 3),
      courses: single(2, count),
      speeds: single(16, count),
      radii: single(3, count),
      ages: single(4, count),
      bases: bytes(5, count),
      kinds: bytes(6, count),
      modes: bytes(7, count),
      carriers: new Uint16Array(buffer, at(17), count),
      packages: counts(8, count),
      problems: counts(9, count),
      clusters: {
        count: crowds,
        positions: wide(10, crowds * 2),
        offsets: single(11, crowds * 2),
        holders: counts(12, crowds),
        packages: counts(13, crowds),
        problems: counts(14, crowds),
        mixed: bytes(15, crowds),
      },
    };
  }
}
