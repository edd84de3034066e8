// What is drawn, from what is known: a pure function of holders, instant, look and view.
import { exaggeration } from "./heights";
import { knownBy, type Crowd, type Holder } from "./holders";
import { spotAt, type Spot } from "./motion";
import { tones, type Rgb, type Theme, type Tone } from "./palette";

export type Colouring = "status" | "mode" | "age";

export interface Look {
  readonly theme: Theme;
  readonly colouring: Colouring;
  /** What somebody asked of heights on top of what the zoom says; 1 is as it comes. */
  readonly taller: number;
}

export interface View {
  readonly zoom: number;
  /** Whether a point can be seen, or the Earth is in between. */
  readonly sees: (lat: number, lon: number, height_m: number) => boolean;
  /** Where a point is on the screen. */
  readonly project: (lon: number, lat: number, height_m: number) => readonly number[];
}

export type Shape = "plane" | "truck" | "ship" | "train" | "dot" | "ring";

/** One that moves, ready to be drawn. */
export interface Mark {
  readonly key: string;
  readonly lat: number;
  readonly lon: number;
  /** As drawn, exaggerated. */
  readonly height_m: number;
  readonly shape: Shape;
  /** Counter-clockwise on the screen, in degrees, as icons are turned. */
  readonly turned: number;
  readonly size: number;
  readonly colour: readonly [number, number, number, number];
  readonly on: boolean;
}

/** Where something is with 95 % probability. */
export interface Disc {
  readonly lat: number;
  readonly lon: number;
  readonly radius_m: number;
  readonly tone: Tone;
}

/** One that rests, or several together. */
export interface Dot {
  readonly key: string;
  readonly lat: number;
  readonly lon: number;
  readonly crowd: boolean;
  readonly tone: Tone;
  readonly radius: number;
  readonly alpha: number;
  readonly packages: number;
  readonly count: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A tracker that was silent for so long is as faint as it gets. */
const FAINT_AFTER_MS = 6 * HOUR_MS;

/** What moves at an instant, the chosen one last so that it lies on top. */
export function marksOf(
  holders: Iterable<Holder>,
  at: number,
  look: Look,
  view: View,
  on: ReadonlySet<string>,
): Mark[] {
  const times = exaggeration(view.zoom, look.taller);
  const marks: Mark[] = [];
  for (const holder of holders) {
    if (!holder.moves) continue;
    const spot = spotAt(holder.path, at);
    const height_m = Math.max(0, spot.height_m ?? 0) * times;
    const chosen = on.has(holder.key);
    if (!view.sees(spot.lat, spot.lon, height_m)) continue;
    marks.push({
      key: holder.key,
      lat: spot.lat,
      lon: spot.lon,
      height_m,
      shape: shapeOf(holder, spot),
      turned: turned(spot, height_m, view),
      size: sizeOf(holder, view.zoom) * (chosen ? 1.35 : 1),
      colour: colourOf(holder, at, look, chosen),
      on: chosen,
    });
  }
  return marks.sort((a, b) => Number(a.on) - Number(b.on));
}

/** What rests, and crowds: they are drawn on the ground and change only with what is known. */
export function dotsOf(
  holders: Iterable<Holder>,
  crowds: Iterable<{ crowd: Crowd }>,
  at: number,
  colouring: Colouring,
): Dot[] {
  const dots: Dot[] = [];
  for (const { crowd } of crowds) {
    dots.push({
      key: `${crowd.lat},${crowd.lon}`,
      lat: crowd.lat,
      lon: crowd.lon,
      crowd: true,
      tone: crowd.problems > 0 && colouring === "status" ? "attention" : "resting",
      radius: 8 + Math.min(18, 2.6 * Math.log2(1 + crowd.packages / 4)),
      alpha: 1,
      packages: crowd.packages,
      count: short(crowd.packages),
    });
  }
  for (const holder of holders) {
    if (holder.moves) continue;
    const spot = spotAt(holder.path, at);
    dots.push({
      key: holder.key,
      lat: spot.lat,
      lon: spot.lon,
      crowd: false,
      tone: toneOf(holder, at, colouring),
      radius: 2.6 + Math.min(5.4, 0.8 * Math.log2(1 + holder.packages)),
      alpha: knownBy(holder) === "estimated" ? 0.6 : 1,
      packages: holder.packages,
      count: short(holder.packages),
    });
  }
  return dots;
}

export function toneOf(holder: Holder, at: number, colouring: Colouring): Tone {
  switch (colouring) {
    case "status":
      if (holder.problems > 0) return "attention";
      return holder.moves ? "moving" : "resting";
    case "mode":
      return holder.mode ?? "still";
    case "age": {
      const age = at - holder.as_of;
      if (age < 10 * MINUTE_MS) return "fresh";
      if (age < HOUR_MS) return "hour";
      return age < 24 * HOUR_MS ? "day" : "old";
    }
  }
}

/** "999", "1.2k", "48k". */
export function short(count: number): string {
  if (count < 1000) return String(count);
  const thousands = count / 1000;
  return `${thousands < 10 ? Math.round(thousands * 10) / 10 : Math.round(thousands)}k`;
}

/** How faint silence makes one: 1 while it is heard of, less and less afterwards. */
export function heard(holder: Holder, at: number): number {
  if (knownBy(holder) !== "measured") return 1;
  const silent = Math.max(0, at - holder.as_of - 10 * MINUTE_MS) / FAINT_AFTER_MS;
  return 1 - 0.6 * Math.min(1, silent);
}

function colourOf(
  holder: Holder,
  at: number,
  look: Look,
  chosen: boolean,
): [number, number, number, number] {
  const [red, green, blue]: Rgb = tones[look.theme][toneOf(holder, at, look.colouring)];
  const sure = knownBy(holder) === "estimated" ? 0.72 : 1;
  const alpha = chosen ? 1 : sure * heard(holder, at);
  return [red, green, blue, Math.round(255 * alpha)];
}

/** What is estimated is hollow: it is never drawn as if somebody had seen it there. */
function shapeOf(holder: Holder, spot: Spot): Shape {
  if (knownBy(holder) === "estimated") return "ring";
  if (spot.heading === null) return "dot";
  switch (holder.mode) {
    case "air":
      return "plane";
    case "sea":
      return "ship";
    case "rail":
      return "train";
    case "road":
      return "truck";
    case null:
      return "dot";
  }
}

function sizeOf(holder: Holder, zoom: number): number {
  const near = Math.min(1, Math.max(0, (zoom - 1) / 7));
  const shape = knownBy(holder) === "estimated" ? 0.62 : holder.mode === "air" ? 1.15 : 1;
  const many = 1 + Math.min(0.35, Math.log10(Math.max(1, holder.packages)) * 0.12);
  return (13 + 9 * near) * shape * many;
}

const AHEAD_DEGREES = 0.02;

/** How far the way it goes is turned on this screen, whatever the projection. */
function turned(spot: Spot, height_m: number, view: View): number {
  if (spot.heading === null) return 0;
  const way = (spot.heading * Math.PI) / 180;
  const step = AHEAD_DEGREES * 2 ** (6 - view.zoom);
  const lat = spot.lat + Math.cos(way) * step;
  const lon =
    spot.lon + (Math.sin(way) * step) / Math.max(0.05, Math.cos((spot.lat * Math.PI) / 180));
  const [x0 = 0, y0 = 0] = view.project(spot.lon, spot.lat, height_m);
  const [x1 = 0, y1 = 0] = view.project(lon, lat, height_m);
  return (Math.atan2(-(y1 - y0), x1 - x0) * 180) / Math.PI - 90;
}

/** Where each may be with 95 % probability; of the same one the first says how far. */
export function doubts(all: readonly (Holder | null)[], at: number, colouring: Colouring): Disc[] {
  const found = new Map<string, Disc>();
  for (const it of all) {
    if (!it || found.has(it.key)) continue;
    const { lat, lon } = spotAt(it.path, at);
    found.set(it.key, { lat, lon, radius_m: it.radius_95_m, tone: toneOf(it, at, colouring) });
  }
  return [...found.values()];
}
