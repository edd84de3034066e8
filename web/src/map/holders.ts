// What the map shows: holders one by one and crowds of them, read off the columns of a scene.
import type { Mode } from "../api/client";
import {
  BASES,
  KINDS,
  MODES,
  type Columns,
  type Kind,
  type MapBasis,
  type Scene,
} from "../browser/scene";

/** What of a holder decides where and how it is drawn, at the instant that was placed last. */
export interface Seen {
  /** Its place in the columns. */
  readonly slot: number;
  readonly lat: number;
  readonly lon: number;
  /** Metres above the ellipsoid; 0 where nobody knows. */
  readonly height_m: number;
  /** Clockwise from north, in degrees; nothing where it rests. */
  readonly course: number | null;
  readonly speed_mps: number;
  readonly radius_95_m: number;
  /** Seconds since the latest fact of it. */
  readonly age_s: number;
  readonly kind: Kind;
  readonly mode: Mode | null;
  /** What its place rests on; nothing if nobody knows. */
  readonly basis: MapBasis | null;
  /** The carrier of most of its packages. */
  readonly carrier: string | null;
  readonly packages: number;
  readonly problems: number;
  /** Whether it has a way to go, also while it waits. */
  readonly travels: boolean;
}

export interface Holder extends Seen {
  /** The same in every tile and all news of it. */
  readonly key: string;
  /** Its subject; a lane has none. */
  readonly id: string | null;
  readonly name: string | null;
}

/** Several that lie too close to be told apart. */
export interface Crowd {
  /** Its place in the columns of clusters. */
  readonly nth: number;
  readonly lat: number;
  readonly lon: number;
  readonly holders: number;
  readonly packages: number;
  readonly problems: number;
}

/** The slot of what no tile shows. */
export const ALONE = -1;

export function seenAt(columns: Columns, carriers: readonly string[], slot: number): Seen {
  const place = slot * 3;
  const speed_mps = columns.speeds[slot] ?? 0;
  return {
    slot,
    lon: columns.positions[place] ?? 0,
    lat: columns.positions[place + 1] ?? 0,
    height_m: columns.positions[place + 2] ?? 0,
    course: speed_mps > 0 ? (columns.courses[slot] ?? null) : null,
    speed_mps,
    radius_95_m: columns.radii[slot] ?? 0,
    age_s: columns.ages[slot] ?? 0,
    kind: KINDS[columns.kinds[slot] ?? 0] ?? "other",
    mode: MODES[columns.modes[slot] ?? 0] ?? null,
    basis: BASES[columns.bases[slot] ?? 255] ?? null,
    carrier: carriers[(columns.carriers[slot] ?? 0) - 1] ?? null,
    packages: columns.packages[slot] ?? 0,
    problems: columns.problems[slot] ?? 0,
    travels: slot < columns.moving,
  };
}

export function holderAt(scene: Scene, slot: number): Holder {
  return {
    ...seenAt(scene.columns, scene.carriers, slot),
    key: scene.keyOf(slot) ?? "",
    id: scene.subjectOf(slot),
    name: scene.nameOf(slot),
  };
}

/** All that travel, whether they move just now or wait. */
export function* travelling(scene: Scene): Generator<Seen> {
  const { columns, carriers } = scene;
  for (let slot = 0; slot < columns.moving; slot++) yield seenAt(columns, carriers, slot);
}

/** All that rest for good. */
export function* resting(scene: Scene): Generator<Seen> {
  const { columns, carriers } = scene;
  for (let slot = columns.moving; slot < columns.count; slot++) {
    yield seenAt(columns, carriers, slot);
  }
}

export function* crowds({ columns: { clusters } }: Scene): Generator<Crowd> {
  for (let nth = 0; nth < clusters.count; nth++) yield crowdAt(clusters, nth);
}

export function crowdAt(clusters: Columns["clusters"], nth: number): Crowd {
  return {
    nth,
    lon: clusters.positions[nth * 2] ?? 0,
    lat: clusters.positions[nth * 2 + 1] ?? 0,
    holders: clusters.holders[nth] ?? 0,
    packages: clusters.packages[nth] ?? 0,
    problems: clusters.problems[nth] ?? 0,
  };
}
