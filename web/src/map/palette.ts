// The map's colours, for both themes: the ground, and what lies and moves on it.

export type Theme = "dark" | "light";
export type Rgb = readonly [number, number, number];

/** Colours of the ground, as the style takes them. */
export interface Ground {
  readonly sea: string;
  readonly land: string;
  readonly ice: string;
  readonly lake: string;
  readonly river: string;
  readonly region: string;
  readonly border: string;
  readonly coast: string;
  readonly town: string;
  readonly townGlow: number;
  readonly country: string;
  readonly label: string;
  readonly labelSoft: string;
  readonly labelSea: string;
  readonly halo: string;
  readonly night: string;
  readonly nightDepth: number;
  readonly grid: string;
  readonly sky: string;
  readonly horizon: string;
  readonly glow: number;
}

export const grounds: Record<Theme, Ground> = {
  dark: {
    sea: "#070d16",
    land: "#17232f",
    ice: "#1f2d3b",
    lake: "#0a121e",
    river: "#0d1825",
    region: "#233242",
    border: "#3b5068",
    coast: "#2b4058",
    town: "#ffca85",
    townGlow: 0.16,
    country: "#66788d",
    label: "#b4c2d1",
    labelSoft: "#7d8da0",
    labelSea: "#2f4763",
    halo: "#0a121d",
    night: "#01040a",
    nightDepth: 0.29,
    grid: "#31445c",
    sky: "#0a1626",
    horizon: "#24496f",
    glow: 0.3,
  },
  light: {
    sea: "#d5e2ea",
    land: "#f8f6f1",
    ice: "#ffffff",
    lake: "#d9e5ec",
    river: "#cbdbe5",
    region: "#e4dfd5",
    border: "#b6ad9f",
    coast: "#b9ccd8",
    town: "#8c7f6b",
    townGlow: 0.1,
    country: "#8f8678",
    label: "#3a434d",
    labelSoft: "#6d7680",
    labelSea: "#8aa9bd",
    halo: "#fbfaf7",
    night: "#1c3350",
    nightDepth: 0.15,
    grid: "#cfc9bd",
    sky: "#cfe0ec",
    horizon: "#ffffff",
    glow: 0.2,
  },
};

/** What a mark's colour can say. */
export type Tone =
  | "moving"
  | "resting"
  | "attention"
  | "air"
  | "road"
  | "rail"
  | "sea"
  | "still"
  | CarrierTone
  | "others"
  | "fresh"
  | "hour"
  | "day"
  | "old";

/** Colours that can be told apart, for carriers in the order in which they are first seen. */
export const carrierTones = ["first", "second", "third", "fourth", "fifth", "sixth"] as const;
type CarrierTone = (typeof carrierTones)[number];

export const tones: Record<Theme, Record<Tone, Rgb>> = {
  dark: {
    moving: [110, 178, 255],
    resting: [150, 164, 180],
    attention: [255, 118, 106],
    air: [110, 178, 255],
    road: [255, 193, 94],
    rail: [196, 160, 255],
    sea: [74, 214, 190],
    still: [150, 164, 180],
    first: [255, 193, 94],
    second: [110, 178, 255],
    third: [255, 118, 106],
    fourth: [92, 224, 164],
    fifth: [196, 160, 255],
    sixth: [74, 214, 214],
    others: [226, 226, 200],
    fresh: [92, 224, 164],
    hour: [170, 205, 110],
    day: [233, 176, 84],
    old: [176, 124, 110],
  },
  light: {
    moving: [31, 94, 255],
    resting: [94, 106, 120],
    attention: [204, 44, 44],
    air: [31, 94, 255],
    road: [178, 98, 0],
    rail: [122, 63, 208],
    sea: [0, 127, 117],
    still: [94, 106, 120],
    first: [168, 92, 0],
    second: [31, 94, 255],
    third: [204, 44, 44],
    fourth: [10, 132, 80],
    fifth: [122, 63, 208],
    sixth: [0, 122, 138],
    others: [108, 100, 74],
    fresh: [10, 132, 80],
    hour: [96, 122, 20],
    day: [170, 104, 10],
    old: [140, 84, 72],
  },
};

/** A colour as CSS. */
export function css([red, green, blue]: Rgb, alpha = 1): string {
  return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
}
