// What the map shows: holders one by one and crowds of them, read from what the server answers.
import type { Mode } from "../api/client";
import type { components } from "../api/schema";
import { goesAnywhere, type Path } from "./motion";

type Schemas = components["schemas"];

export interface Holder {
  /** The same in every tile and all news of it. */
  readonly key: string;
  /** Its subject; a lane has none. */
  readonly id: string | null;
  readonly kind: string;
  readonly mode: Mode | null;
  readonly packages: number;
  readonly problems: number;
  readonly radius_95_m: number;
  readonly as_of: number;
  readonly name: string | null;
  readonly path: Path;
  readonly moves: boolean;
}

/** Several that lie too close to be told apart. */
export interface Crowd {
  readonly lat: number;
  readonly lon: number;
  readonly holders: number;
  readonly packages: number;
  readonly problems: number;
}

export interface Tile {
  readonly holders: readonly Holder[];
  readonly crowds: readonly Crowd[];
}

export function readTile(tile: Schemas["Tile"]): Tile {
  return { holders: tile.marks.map(readHolder), crowds: tile.clusters };
}

export function readHolder(it: Schemas["Holder"]): Holder {
  const path: Path = {
    at: it.path.map((point) => Date.parse(point.at)),
    lat: it.path.map((point) => point.lat),
    lon: it.path.map((point) => point.lon),
    height_m: it.path.map((point) => point.height_m ?? null),
  };
  return {
    key: it.key,
    id: it.id ?? null,
    kind: it.kind,
    mode: it.mode ?? null,
    packages: it.packages,
    problems: it.problems,
    radius_95_m: it.radius_95_m,
    as_of: Date.parse(it.as_of),
    name: it.name ?? null,
    path,
    moves: goesAnywhere(path),
  };
}

/** How we know where one is, as far as a tile tells. */
export type Known = "measured" | "scanned" | "estimated";

export function knownBy(it: Holder): Known {
  if (it.kind === "lane") return "estimated";
  return it.moves || it.radius_95_m < 100 ? "measured" : "scanned";
}
