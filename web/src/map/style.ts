// The ground of the map as a MapLibre style: a pure function of the theme.
import type { FeatureCollection } from "geojson";
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";

import { css, grounds, tones, type Ground, type Theme } from "./palette";

/** What moves is drawn below this layer, so that it never hides a name. */
export const LABELS_FROM = "water-names";
/** The font that the app carries; the last word is its weight. */
const REGULAR = ["Inter Variable"];
const MEDIUM = ["Inter Variable Medium"];

const nothing: FeatureCollection = { type: "FeatureCollection", features: [] };

/** By zoom, evenly: pairs of zoom and value. */
function byZoom(...stops: readonly (number | ExpressionSpecification)[]): ExpressionSpecification {
  return ["interpolate", ["linear"], ["zoom"], ...stops] as ExpressionSpecification;
}

export function style(theme: Theme, basemap: string): StyleSpecification {
  const ground = grounds[theme];
  return {
    version: 8,
    sources: {
      base: { type: "vector", url: basemap, attribution: "Natural Earth · GeoNames" },
      night: { type: "geojson", data: nothing },
      grid: { type: "geojson", data: nothing },
      discs: { type: "geojson", data: nothing },
      resting: { type: "geojson", data: nothing, promoteId: "key" },
    },
    sky: {
      "sky-color": ground.sky,
      "horizon-color": ground.horizon,
      "fog-color": ground.sea,
      "sky-horizon-blend": 0.7,
      "horizon-fog-blend": 0.6,
      "fog-ground-blend": 0.9,
      "atmosphere-blend": byZoom(0, ground.glow, 4, ground.glow * 0.7, 6, 0),
    },
    layers: [
      ...surfaces(ground),
      ...lines(ground),
      ...over(theme, ground),
      ...names(theme, ground),
    ],
  };
}

function surfaces(ground: Ground): LayerSpecification[] {
  const fill = (layer: string, color: string): LayerSpecification => ({
    id: layer,
    type: "fill",
    source: "base",
    "source-layer": layer,
    paint: { "fill-color": color, "fill-antialias": true },
  });
  return [
    { id: "sea", type: "background", paint: { "background-color": ground.sea } },
    fill("land", ground.land),
    fill("ice", ground.ice),
    fill("lakes", ground.lake),
    {
      id: "town-glow",
      type: "circle",
      source: "base",
      "source-layer": "places",
      paint: {
        "circle-color": ground.town,
        "circle-blur": 1,
        "circle-radius": byZoom(
          2,
          ["interpolate", ["linear"], ["sqrt", ["get", "people"]], 0, 1, 4000, 9],
          6,
          ["interpolate", ["linear"], ["sqrt", ["get", "people"]], 0, 3, 4000, 44],
          9,
          ["interpolate", ["linear"], ["sqrt", ["get", "people"]], 0, 10, 4000, 180],
        ),
        "circle-opacity": byZoom(2, ground.townGlow, 8, ground.townGlow * 0.7, 11, 0),
      },
    },
  ];
}

function lines(ground: Ground): LayerSpecification[] {
  const line = { type: "line", source: "base" } as const;
  const round = { "line-join": "round", "line-cap": "round" } as const;
  return [
    {
      ...line,
      id: "coast",
      "source-layer": "land",
      paint: { "line-color": ground.coast, "line-width": byZoom(0, 0.5, 6, 0.9, 10, 1.4) },
    },
    {
      ...line,
      id: "rivers",
      "source-layer": "rivers",
      layout: round,
      paint: { "line-color": ground.river, "line-width": byZoom(3, 0.5, 8, 1.8, 12, 4) },
    },
    {
      ...line,
      id: "regions",
      "source-layer": "regions",
      minzoom: 4,
      layout: round,
      paint: {
        "line-color": ground.region,
        "line-width": byZoom(4, 0.5, 9, 1),
        "line-opacity": byZoom(4, 0, 5, 1),
      },
    },
    {
      ...line,
      id: "borders",
      "source-layer": "borders",
      filter: ["!", ["has", "disputed"]],
      layout: round,
      paint: { "line-color": ground.border, "line-width": byZoom(0, 0.4, 4, 0.7, 9, 1.6) },
    },
    {
      ...line,
      id: "disputed",
      "source-layer": "borders",
      filter: ["has", "disputed"],
      paint: {
        "line-color": ground.border,
        "line-width": byZoom(0, 0.4, 9, 1.4),
        "line-dasharray": [3, 3],
      },
    },
  ];
}

/** Between the ground and its names: night, the grid of close views, places at rest. */
function over(theme: Theme, ground: Ground): LayerSpecification[] {
  const tone = tones[theme];
  const colour: ExpressionSpecification = [
    "match",
    ["get", "tone"],
    ...Object.entries(tone).flatMap(([name, rgb]) => [name, css(rgb)]),
    css(tone.resting),
  ] as unknown as ExpressionSpecification;
  const on = (more: number, less: number): ExpressionSpecification => [
    "case",
    ["boolean", ["feature-state", "on"], false],
    more,
    less,
  ];
  return [
    {
      id: "night",
      type: "fill",
      source: "night",
      maxzoom: 10,
      paint: {
        "fill-color": ground.night,
        "fill-antialias": false,
        "fill-opacity": byZoom(
          0,
          ["*", ["get", "depth"], ground.nightDepth],
          7,
          ["*", ["get", "depth"], ground.nightDepth * 0.5],
          10,
          0,
        ),
      },
    },
    {
      id: "grid",
      type: "line",
      source: "grid",
      minzoom: 8.5,
      paint: {
        "line-color": ground.grid,
        "line-width": ["case", ["get", "strong"], 1, 0.5],
        "line-opacity": byZoom(8.5, 0, 10, 0.9),
      },
    },
    {
      id: "discs",
      type: "fill",
      source: "discs",
      paint: { "fill-color": colour, "fill-opacity": 0.1, "fill-outline-color": colour },
    },
    {
      id: "resting-glow",
      type: "circle",
      source: "resting",
      paint: {
        "circle-color": colour,
        "circle-radius": ["*", ["get", "radius"], on(2.6, 2)],
        "circle-blur": 0.9,
        "circle-opacity": ["*", ["get", "alpha"], on(0.5, 0.2)],
        "circle-pitch-alignment": "map",
      },
    },
    {
      id: "resting",
      type: "circle",
      source: "resting",
      paint: {
        "circle-color": ["case", ["get", "crowd"], ground.halo, colour],
        "circle-radius": ["get", "radius"],
        "circle-opacity": ["*", ["get", "alpha"], ["case", ["get", "crowd"], 0.82, on(1, 0.92)]],
        "circle-stroke-color": colour,
        "circle-stroke-opacity": ["get", "alpha"],
        "circle-stroke-width": ["case", ["get", "crowd"], on(2.2, 1.4), on(2, 0)],
      },
    },
  ];
}

function names(theme: Theme, ground: Ground): LayerSpecification[] {
  const symbol = { type: "symbol", source: "base" } as const;
  const halo = { "text-halo-color": ground.halo, "text-halo-width": 1.2, "text-halo-blur": 0.6 };
  const people: ExpressionSpecification = ["get", "people"];
  return [
    {
      ...symbol,
      id: "water-names",
      "source-layer": "waters",
      layout: {
        "text-field": ["get", "name"],
        "text-font": REGULAR,
        "text-size": byZoom(1, 11, 5, 14),
        "text-letter-spacing": 0.22,
        "text-max-width": 7,
        "text-padding": 24,
      },
      paint: { "text-color": ground.labelSea, "text-opacity": byZoom(6.5, 1, 7.5, 0) },
    },
    {
      ...symbol,
      id: "towns",
      "source-layer": "places",
      minzoom: 3,
      layout: {
        "text-field": ["get", "name"],
        "text-font": REGULAR,
        "text-size": byZoom(
          3,
          ["step", people, 10, 2_000_000, 11.5],
          8,
          ["step", people, 11.5, 100_000, 13, 1_000_000, 16],
          12,
          ["step", people, 14, 100_000, 17, 1_000_000, 20],
        ),
        "text-variable-anchor": ["top", "bottom", "left", "right"],
        "text-radial-offset": 0.5,
        "text-justify": "auto",
        "text-padding": byZoom(3, 14, 7, 6),
        "text-max-width": 8,
        "symbol-sort-key": ["-", ["case", ["has", "capital"], -100_000_000, 0], people],
      },
      paint: {
        "text-color": ["case", ["has", "capital"], ground.label, ground.labelSoft],
        "text-opacity": byZoom(13, 1, 15, 0.35),
        ...halo,
      },
    },
    {
      ...symbol,
      id: "countries",
      "source-layer": "countries",
      maxzoom: 7,
      layout: {
        "text-field": ["get", "name"],
        "text-font": MEDIUM,
        "text-size": byZoom(1, ["step", ["get", "rank"], 11.5, 3, 10, 5, 9], 5, [
          "step",
          ["get", "rank"],
          16,
          3,
          14,
          5,
          12,
        ]),
        "text-letter-spacing": 0.06,
        "text-max-width": 7,
        "text-padding": 12,
        "symbol-sort-key": ["get", "rank"],
      },
      paint: { "text-color": ground.country, "text-opacity": byZoom(5, 1, 6.8, 0), ...halo },
    },
    {
      id: "counts",
      type: "symbol",
      source: "resting",
      filter: ["get", "crowd"],
      layout: {
        "text-field": ["get", "count"],
        "text-font": MEDIUM,
        "text-size": ["interpolate", ["linear"], ["get", "radius"], 9, 10, 24, 13],
        "text-allow-overlap": true,
        "symbol-sort-key": ["-", ["get", "packages"]],
      },
      paint: { "text-color": theme === "dark" ? "#e4ebf3" : "#1b232c" },
    },
  ];
}
