// What is drawn, from what is known: a pure function of holders, look and view.
import type { Mode } from "../api/client";
import type { MapBasis } from "../browser/scene";
import { exaggeration } from "./heights";
import type { Crowd, Seen } from "./holders";
import { carrierTones, tones, type Rgb, type Theme, type Tone } from "./palette";

export type Colouring = "status" | "mode" | "carrier" | "age";

export interface Look {
  readonly theme: Theme;
  readonly colouring: Colouring;
  /** Carriers in the order in which they were first seen: each keeps its colour. */
  readonly carriers: readonly string[];
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

export type Shape = "plane" | "truck" | "ship" | "train" | "dot";
/** How sure it looks: somebody measured it; what it is in was; it is between two facts; a guess. */
export type Drawn = "solid" | "pierced" | "outline" | "faint";

/** One that moves, ready to be drawn. */
export interface Mark {
  /** Its holder's place in the columns; -1 for what no tile shows. */
  readonly slot: number;
  readonly lat: number;
  readonly lon: number;
  /** As drawn, exaggerated. */
  readonly height_m: number;
  readonly shape: Shape;
  readonly drawn: Drawn;
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
  /** The number of its feature: a holder's slot, or what comes after all of them for a crowd. */
  readonly key: number;
  readonly lat: number;
  readonly lon: number;
  readonly crowd: boolean;
  readonly tone: Tone;
  readonly radius: number;
  readonly alpha: number;
  readonly packages: number;
  readonly count: string;
}

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
/** A tracker that was silent for so long is as faint as it gets. */
const FAINT_AFTER_S = 6 * HOUR_S;

/** What travels, what is hovered or chosen last so that it lies on top. */
export function marksOf(
  travelling: Iterable<Seen>,
  look: Look,
  view: View,
  on: ReadonlySet<number>,
): Mark[] {
  const times = exaggeration(view.zoom, look.taller);
  const marks: Mark[] = [];
  for (const seen of travelling) {
    const { slot, lat, lon } = seen;
    const height_m = Math.max(0, seen.height_m) * times;
    if (!view.sees(lat, lon, height_m)) continue;
    const chosen = on.has(slot);
    marks.push({
      slot,
      lat,
      lon,
      height_m,
      shape: shapeOf(seen),
      drawn: drawnAs(seen.basis),
      turned: turned(seen, height_m, view),
      size: sizeOf(seen, view.zoom) * (chosen ? 1.35 : 1),
      colour: colourOf(seen, look, chosen),
      on: chosen,
    });
  }
  return marks.sort((a, b) => Number(a.on) - Number(b.on));
}

/** What rests, and crowds: they are drawn on the ground and change only with what is known. */
export function dotsOf(resting: Iterable<Seen>, crowds: Iterable<Crowd>, look: Look): Dot[] {
  const dots: Dot[] = [];
  for (const crowd of crowds) {
    dots.push({
      key: CROWDS_FROM + crowd.nth,
      lat: crowd.lat,
      lon: crowd.lon,
      crowd: true,
      tone: crowd.problems > 0 && look.colouring === "status" ? "attention" : "resting",
      radius: 8 + Math.min(18, 2.6 * Math.log2(1 + crowd.packages / 4)),
      alpha: 1,
      packages: crowd.packages,
      count: short(crowd.packages),
    });
  }
  for (const seen of resting) {
    dots.push({
      key: seen.slot,
      lat: seen.lat,
      lon: seen.lon,
      crowd: false,
      tone: toneOf(seen, look),
      radius: 2.6 + Math.min(5.4, 0.8 * Math.log2(1 + seen.packages)),
      alpha: isEstimated(seen.basis) ? 0.6 : 1,
      packages: seen.packages,
      count: short(seen.packages),
    });
  }
  return dots;
}

/** No map shows so many holders. */
export const CROWDS_FROM = 1_000_000;

export function toneOf(seen: Seen, look: Pick<Look, "colouring" | "carriers">): Tone {
  switch (look.colouring) {
    case "status":
      if (seen.problems > 0) return "attention";
      return seen.travels ? "moving" : "resting";
    case "mode":
      return seen.mode ?? "still";
    case "carrier": {
      const nth = seen.carrier === null ? -1 : look.carriers.indexOf(seen.carrier);
      return nth < 0 ? "still" : (carrierTones[nth] ?? "others");
    }
    case "age":
      if (seen.age_s < 10 * MINUTE_S) return "fresh";
      if (seen.age_s < HOUR_S) return "hour";
      return seen.age_s < 24 * HOUR_S ? "day" : "old";
  }
}

/** "999", "1.2k", "48k". */
export function short(count: number): string {
  if (count < 1000) return String(count);
  const thousands = count / 1000;
  return `${thousands < 10 ? Math.round(thousands * 10) / 10 : Math.round(thousands)}k`;
}

/** How faint silence makes one: 1 while it is heard of, less and less afterwards. */
export function heard({ basis, age_s }: Seen): number {
  if (basis === "scanned" || basis === "interpolated" || basis === null) return 1;
  const silent = Math.max(0, age_s - 10 * MINUTE_S) / FAINT_AFTER_S;
  return 1 - 0.6 * Math.min(1, silent);
}

function isEstimated(basis: MapBasis | null): boolean {
  return basis === "interpolated" || basis === "predicted";
}

function colourOf(seen: Seen, look: Look, chosen: boolean): [number, number, number, number] {
  const [red, green, blue]: Rgb = tones[look.theme][toneOf(seen, look)];
  const alpha = chosen ? 1 : heard(seen);
  return [red, green, blue, Math.round(255 * alpha)];
}

const shapes: Record<Mode, Shape> = { air: "plane", sea: "ship", rail: "train", road: "truck" };

/** Where it goes is seen by its shape; what stands, or whose way nobody knows, has no front. */
function shapeOf({ course, mode }: Seen): Shape {
  return course === null || mode === null ? "dot" : shapes[mode];
}

/** What is estimated is never drawn as if somebody had seen it there. */
export function drawnAs(basis: MapBasis | null): Drawn {
  switch (basis) {
    case "inherited":
      return "pierced";
    case "interpolated":
      return "outline";
    case "predicted":
      return "faint";
    case "measured":
    case "scanned":
    case null:
      return "solid";
  }
}

function sizeOf(seen: Seen, zoom: number): number {
  const near = Math.min(1, Math.max(0, (zoom - 1) / 7));
  const shape = seen.kind === "lane" ? 0.86 : seen.mode === "air" ? 1.15 : 1;
  const many = 1 + Math.min(0.35, Math.log10(Math.max(1, seen.packages)) * 0.12);
  return (13 + 9 * near) * shape * many;
}

const AHEAD_DEGREES = 0.02;

/** How far the way it goes is turned on this screen, whatever the projection. */
function turned(spot: Seen, height_m: number, view: View): number {
  if (spot.course === null) return 0;
  const way = (spot.course * Math.PI) / 180;
  const step = AHEAD_DEGREES * 2 ** (6 - view.zoom);
  const lat = spot.lat + Math.cos(way) * step;
  const lon =
    spot.lon + (Math.sin(way) * step) / Math.max(0.05, Math.cos((spot.lat * Math.PI) / 180));
  const [x0 = 0, y0 = 0] = view.project(spot.lon, spot.lat, height_m);
  const [x1 = 0, y1 = 0] = view.project(lon, lat, height_m);
  return (Math.atan2(-(y1 - y0), x1 - x0) * 180) / Math.PI - 90;
}

/** Where each may be with 95 % probability. */
export function doubts(all: readonly Seen[], look: Pick<Look, "colouring" | "carriers">): Disc[] {
  return all.map((it) => {
    const { lat, lon, radius_95_m } = it;
    return { lat, lon, radius_m: radius_95_m, tone: toneOf(it, look) };
  });
}
