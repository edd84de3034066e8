// A place cut open into its floors, a truck into what it carries: plates with blocks on them.
import type { Rgb } from "./palette";
import type { Line } from "./surface";

type Corner = [lon: number, lat: number, height_m: number];

/** Something that stands on a plate. */
export interface Part {
  readonly id: string;
  /** What people call it there: "Shelf B". */
  readonly text: string;
  /** How many packages it holds, as far as that is known. */
  readonly holds: number | null;
  readonly problem: boolean;
}

/** What its parts are coloured, those with a problem, and plates. */
interface Colours {
  readonly colour: Rgb;
  readonly bad: Rgb;
  readonly edge: Rgb;
}

/** One floor, or the bed of a truck. */
export interface Level {
  readonly name: string | null;
  readonly above_m: number;
  readonly parts: readonly Part[];
}

/** Where and how large it is drawn. */
export interface Stand {
  readonly lat: number;
  readonly lon: number;
  /** Clockwise from north, in degrees: its parts ride with it. */
  readonly course: number;
  readonly half_m: number;
  /** Heights as drawn: of its lowest part, and of one metre in it. */
  readonly base_m: number;
  readonly times: number;
  /** No block is drawn taller. */
  readonly tallest_m: number;
}

export interface Solid {
  readonly polygon: readonly Corner[];
  readonly tall_m: number;
  readonly colour: readonly [number, number, number, number];
}

/** A word at a point in space. */
export interface Tag {
  readonly id: string | null;
  readonly text: string;
  readonly holds: number | null;
  readonly at: Corner;
}

/** A word where it is on the screen. */
export interface PlacedTag extends Tag {
  readonly x: number;
  readonly y: number;
}

export interface Inside {
  readonly solids: readonly Solid[];
  readonly lines: readonly Line[];
  readonly tags: readonly Tag[];
}

const METRES_PER_DEGREE = 111_319.49;
/** A block takes so much of its cell's side. */
const BLOCK = 0.62;
/** The fullest block stands at most this much of its cell's side tall, an empty one hardly. */
const TALLEST = 0.6;
const LEAST = 0.06;

export function inside(levels: readonly Level[], stand: Stand, colours: Colours): Inside {
  const { colour, bad, edge } = colours;
  const solids: Solid[] = [];
  const lines: Line[] = [];
  const tags: Tag[] = [];
  const most = Math.max(1, ...levels.flatMap((it) => it.parts.map((part) => part.holds ?? 0)));
  const { half_m: half } = stand;
  const lowest_m = Math.min(...levels.map((it) => it.above_m));
  // Plates let through only what was drawn before them.
  const upwards = [...levels].sort((a, b) => a.above_m - b.above_m);
  for (const { name, above_m, parts } of upwards) {
    const z = stand.base_m + (above_m - lowest_m) * stand.times;
    const plate = square(stand, [0, 0], half, z);
    solids.push({ polygon: plate, tall_m: 0, colour: [...edge, 46] });
    lines.push(...outline(plate, [...edge, 190]));
    if (name !== null)
      tags.push({ id: null, text: name, holds: null, at: corner(stand, [half, 0], z) });
    const columns = Math.max(1, Math.ceil(Math.sqrt(parts.length)));
    const cell = (2 * half) / columns;
    parts.forEach((part, nth) => {
      const x = (nth % columns) - (columns - 1) / 2;
      const y = (columns - 1) / 2 - Math.floor(nth / columns);
      const middle: [number, number] = [x * cell, y * cell];
      const full = LEAST + (1 - LEAST) * ((part.holds ?? 0) / most);
      const tall_m = Math.min(stand.tallest_m, TALLEST * cell) * full;
      const polygon = square(stand, middle, (cell * BLOCK) / 2, z);
      const { id, text, holds, problem } = part;
      const filled = [...(problem ? bad : colour), 225] as const;
      solids.push({ polygon, tall_m, colour: holds === 0 ? [...edge, 90] : filled });
      tags.push({ id, text, holds, at: corner(stand, middle, z + tall_m) });
    });
  }
  lines.push(...posts(levels, stand, lowest_m, edge));
  return { solids, lines, tags };
}

/** Thin posts at the corners, from the lowest plate to the highest. */
function posts(levels: readonly Level[], stand: Stand, lowest_m: number, edge: Rgb): Line[] {
  const highest_m = Math.max(...levels.map((it) => it.above_m));
  const low = square(stand, [0, 0], stand.half_m, stand.base_m);
  const high = stand.base_m + (highest_m - lowest_m) * stand.times;
  return low.map(([lon, lat, height_m]) => ({
    from: [lon, lat, height_m] as const,
    to: [lon, lat, high] as const,
    colour: [...edge, 90] as const,
    width: 1,
  }));
}

function outline(
  corners: readonly Corner[],
  colour: readonly [number, number, number, number],
): Line[] {
  return corners.map((from, nth) => ({
    from,
    to: corners[(nth + 1) % corners.length] ?? from,
    colour,
    width: 1.4,
  }));
}

function square(
  stand: Stand,
  [x, y]: readonly [number, number],
  half: number,
  z: number,
): Corner[] {
  const sides = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ] as const;
  return sides.map(([right, ahead]) => corner(stand, [x + right * half, y + ahead * half], z));
}

/** Metres to the right and ahead of the middle, as a point on the Earth. */
function corner(stand: Stand, [right, ahead]: readonly [number, number], z: number): Corner {
  const turn = (stand.course * Math.PI) / 180;
  const east = right * Math.cos(turn) + ahead * Math.sin(turn);
  const north = ahead * Math.cos(turn) - right * Math.sin(turn);
  const cos = Math.max(0.05, Math.cos((stand.lat * Math.PI) / 180));
  const lon = stand.lon + east / (METRES_PER_DEGREE * cos);
  return [lon, stand.lat + north / METRES_PER_DEGREE, z];
}
