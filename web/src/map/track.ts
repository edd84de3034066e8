// The track of one thing in space: a line at its heights, a curtain down to the ground, a shadow.
import type { Basis } from "../api/client";
import type { TrackPoint } from "../browser/trail";
import { angle, between, EARTH_M, type Point } from "./sphere";
import type { Rgb } from "./palette";
import type { Line } from "./surface";

/** Longer pieces are cut, or they would run through the globe. */
const PIECE_M = 60_000;
/** Two posts of the curtain stand at least so far apart, of the track's whole length. */
const POSTS = 260;

interface Feature {
  geometry: { type: string; coordinates: unknown };
  properties: Record<string, unknown>;
}

/** The points of what `GET …/track` answers, oldest first. */
export function readTrack(answer: unknown): TrackPoint[] {
  const features = (answer as { features?: Feature[] }).features ?? [];
  const points: TrackPoint[] = [];
  for (const { geometry, properties } of features) {
    if (geometry.type !== "Point") continue;
    const [lon, lat, height_m] = geometry.coordinates as number[];
    if (lon === undefined || lat === undefined) continue;
    points.push({
      at: Date.parse(String(properties["at"])),
      lat,
      lon,
      height: height_m ?? null,
      basis: properties["basis"] as Basis,
      radius: Number(properties["radius_95_m"]),
    });
  }
  return risen(points.sort((a, b) => a.at - b.at));
}

/** A road's own height is measured seldom, at a place or by a tracker: in between it is on the way
 * from one known height to the next, and before and after as high as the nearest. Taken for the
 * ground, it would fall to the sea between any two. */
function risen(points: readonly TrackPoint[]): TrackPoint[] {
  const known = points.flatMap(({ at, height }) => (height === null ? [] : [{ at, height }]));
  let next = 0;
  return points.map((it) => {
    if (it.height !== null) return it;
    while (next < known.length && (known[next]?.at ?? 0) < it.at) next += 1;
    const [before, after] = [known[next - 1] ?? known[next], known[next] ?? known[next - 1]];
    if (!before || !after) return it;
    const part = after.at > before.at ? (it.at - before.at) / (after.at - before.at) : 0;
    return { ...it, height: before.height + (after.height - before.height) * part };
  });
}

const HALT_MS = 45 * 60_000;
const HALT_M = 3_000;

/** The trip, of what travels all the time, that an instant is in: what lies between two long halts.
 * Before its first trip it is that, after its last one the last. */
export function tripAt(points: readonly TrackPoint[], at: number): readonly TrackPoint[] {
  let [first, halted] = [0, 0];
  for (let index = 1; index < points.length; index++) {
    const [here, there] = [points[index], points[halted]];
    if (!here || !there) break;
    const near = angle([here.lat, here.lon], [there.lat, there.lon]) * EARTH_M < HALT_M;
    if (!near) halted = index;
    else if (HALT_MS <= here.at - there.at && index < points.length - 1) {
      if (at < here.at) return points.slice(first, index + 1);
      first = index;
    }
  }
  return points.slice(first);
}

/** What nobody measured is drawn in dashes. */
const estimated: Record<Basis, boolean> = {
  measured: false,
  inherited: false,
  scanned: false,
  interpolated: true,
  predicted: true,
};

interface Piece {
  readonly from: readonly [number, number, number];
  readonly to: readonly [number, number, number];
  readonly dashed: boolean;
  readonly past: boolean;
  readonly nth: number;
}

/** Lines of a track as drawn at an instant; heights are exaggerated so many times. */
export function trackLines(
  points: readonly TrackPoint[],
  at: number,
  times: number,
  colour: Rgb,
  ground: Rgb,
): Line[] {
  const pieces = piecesOf(points, at, times);
  const lines: Line[] = [];
  const every = Math.max(1, Math.floor(pieces.length / POSTS));
  for (const piece of pieces) {
    const { from, to, past } = piece;
    if (from[2] > 0 || to[2] > 0) {
      const alpha = past ? 70 : 28;
      lines.push({ from: flat(from), to: flat(to), colour: [...ground, alpha], width: 2 });
      if (piece.nth % every === 0) {
        lines.push({ from: flat(from), to: from, colour: [...colour, past ? 46 : 18], width: 1.5 });
      }
    }
    if (piece.dashed && piece.nth % 2 === 1) continue;
    const strength = (past ? 235 : 80) * (piece.dashed ? 0.75 : 1);
    lines.push({
      from,
      to,
      colour: [...colour, Math.round(strength)],
      width: piece.dashed ? 1.6 : 2.6,
    });
  }
  return lines;
}

function piecesOf(points: readonly TrackPoint[], at: number, times: number): Piece[] {
  const pieces: Piece[] = [];
  let nth = 0;
  for (let index = 1; index < points.length; index++) {
    const [a, b] = [points[index - 1], points[index]];
    if (!a || !b || (a.lat === b.lat && a.lon === b.lon)) continue;
    const [from, to]: [Point, Point] = [
      [a.lat, a.lon],
      [b.lat, b.lon],
    ];
    const dashed = estimated[b.basis];
    const far = angle(from, to) * EARTH_M;
    const count = Math.min(120, Math.max(dashed ? 8 : 1, Math.ceil(far / PIECE_M)));
    const height = (part: number): number => {
      const low = a.height ?? b.height ?? 0;
      const high = b.height ?? a.height ?? 0;
      return Math.max(0, low + (high - low) * part) * times;
    };
    const point = (part: number): readonly [number, number, number] => {
      const [lat, lon] = part === 0 ? from : part === 1 ? to : between(from, to, part);
      return [lon, lat, height(part)];
    };
    for (let piece = 0; piece < count; piece++) {
      const past = a.at + ((b.at - a.at) * piece) / count <= at;
      const ends = { from: point(piece / count), to: point((piece + 1) / count) };
      pieces.push({ ...near(ends), dashed, past, nth: nth++ });
    }
  }
  return pieces;
}

/** Both ends on the same side of the antimeridian. */
function near({
  from,
  to,
}: {
  from: readonly [number, number, number];
  to: readonly [number, number, number];
}): {
  from: readonly [number, number, number];
  to: readonly [number, number, number];
} {
  if (Math.abs(from[0] - to[0]) <= 180) return { from, to };
  return { from, to: [to[0] + (from[0] < 0 ? -360 : 360), to[1], to[2]] };
}

function flat([lon, lat]: readonly [number, number, number]): readonly [number, number, number] {
  return [lon, lat, 0];
}
