// What stands on the ground: stalks below what flies, and the grid where the basemap has no more.
import type { Feature, FeatureCollection, LineString, Polygon } from "geojson";

import type { Bounds } from "../browser/scene";
import { towards } from "./sphere";
import type { Tone } from "./palette";
import type { Disc, Mark } from "./marks";
import type { Line } from "./surface";

/** From this zoom on the ground is empty but for the grid. */
const GRID_FROM = 8.5;
const METRES_PER_DEGREE = 111_319.49;
const LINES_MAX = 60;

/** Stalks from what flies down to where it is on the ground. */
export function fence(marks: readonly Mark[]): Line[] {
  const lines: Line[] = [];
  for (const { lat, lon, height_m, colour, on } of marks) {
    if (height_m <= 0) continue;
    const [red, green, blue, alpha] = colour;
    lines.push({
      from: [lon, lat, 0],
      to: [lon, lat, height_m],
      colour: [red, green, blue, Math.round(alpha * (on ? 0.95 : 0.42))],
      width: on ? 1.8 : 1,
    });
  }
  return lines;
}

/** How far apart the grid's lines are, in metres: 1, 2 or 5 with zeros, some 90 pixels. */
export function gridStep(zoom: number, lat: number): number {
  const pixel = (40_075_016.7 * Math.cos((lat * Math.PI) / 180)) / 2 ** zoom / 512;
  const wished = pixel * 90;
  const power = 10 ** Math.floor(Math.log10(wished));
  const nice = [1, 2, 5, 10].find((it) => wished <= it * power) ?? 10;
  return nice * power;
}

/** Lines of whole metres from the equator and the view's own meridian; each fifth is stronger. */
export function grid(
  view: Bounds,
  zoom: number,
): FeatureCollection<LineString, { strong: boolean }> {
  const features: Feature<LineString, { strong: boolean }>[] = [];
  if (GRID_FROM <= zoom) {
    const middle = (view.south + view.north) / 2;
    const step_m = gridStep(zoom, middle);
    const tall = step_m / METRES_PER_DEGREE;
    // All columns of a view have the width they have in its middle, rounded so that it stays put.
    const wide = tall / Math.cos((Math.round(middle * 4) / 4) * (Math.PI / 180));
    const line = (ends: [number, number][], nth: number): void => {
      const geometry = { type: "LineString" as const, coordinates: ends };
      features.push({ type: "Feature", geometry, properties: { strong: nth % 5 === 0 } });
    };
    const [west, east] = [Math.floor(view.west / wide), Math.ceil(view.east / wide)];
    const [south, north] = [Math.floor(view.south / tall), Math.ceil(view.north / tall)];
    if (east - west <= LINES_MAX && north - south <= LINES_MAX) {
      for (let nth = west; nth <= east; nth++) {
        line(
          [
            [nth * wide, south * tall],
            [nth * wide, north * tall],
          ],
          nth,
        );
      }
      for (let nth = south; nth <= north; nth++) {
        line(
          [
            [west * wide, nth * tall],
            [east * wide, nth * tall],
          ],
          nth,
        );
      }
    }
  }
  return { type: "FeatureCollection", features };
}

const CORNERS = 72;
/** A disc that covers a third of the Earth says nothing that a shape could show. */
const RADIUS_MAX_M = 4_000_000;

export function discs(all: readonly Disc[]): FeatureCollection<Polygon, { tone: Tone }> {
  const features = all
    .filter((it) => it.radius_m < RADIUS_MAX_M)
    .map(({ lat, lon, radius_m, tone }): Feature<Polygon, { tone: Tone }> => {
      const ring = Array.from({ length: CORNERS + 1 }, (_, corner) => {
        const [y, x] = towards([lat, lon], (corner % CORNERS) * (360 / CORNERS), radius_m);
        return [x, y];
      });
      return {
        type: "Feature",
        geometry: { type: "Polygon", coordinates: [ring] },
        properties: { tone },
      };
    });
  return { type: "FeatureCollection", features };
}
