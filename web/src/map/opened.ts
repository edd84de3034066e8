// What the chosen one holds, gathered to be drawn inside it: floors with shelves, or its load.
import { api, the } from "../api/client";
import { fetchContents, storeys } from "../api/contents";
import { names } from "../app/names.svelte";
import { standing } from "../app/standing.svelte";
import { mapWords } from "../words/en/map";
import type { Chosen } from "./chosen.svelte";
import type { Holder } from "./holders";
import { inside, type Inside, type Level, type Part, type PlacedTag, type Stand } from "./inside";
import { timesLabel } from "./heights";
import type { Lens } from "./lens";
import { toneOf, type Look } from "./marks";
import { tones } from "./palette";
import { towards } from "./sphere";

/** More blocks than this are no picture any more. */
const PARTS_MAX = 48;
/** Of more problems than this nobody is told which packages have them. */
const PROBLEMS_MAX = 500;

/** From these zooms on it opens. */
const ZOOM = { place: 15.5, container: 5 };
/** A load is drawn this wide; floors this far apart at least. */
const LOAD_PX = 120;
const GAP_PX = 92;
/** A block leaves this much of a floor's height free. */
const HEADROOM = 0.45;
const BUILDING_M = { least: 18, most: 60 };
const FLOOR_M = 4;
/** About the room that a tag takes. */
const TAG_PX = { letter: 6.6, around: 26, height: 20 };

interface Floor {
  readonly name: string;
  readonly above_ground_m: number;
}

/** The floors of a place with what is kept on each. */
export async function floorsOf(
  place: string,
  floors: readonly Floor[],
  signal: AbortSignal,
): Promise<Level[]> {
  if (floors.length === 0) return [];
  const contents = await fetchContents(place, signal);
  const all = storeys(floors, contents, (id) => names.of(id)).storeys;
  await standing.want(all.flatMap((it) => it.kept.map((kept) => kept.id)));
  return all.map(({ floor, kept }) => ({
    name: mapWords.card.floor(floor.name),
    above_m: floor.above_ground_m,
    parts: kept.slice(0, PARTS_MAX).map(({ id, label }) => part(id, label)),
  }));
}

/** What a container carries, as one level. */
export async function loadOf(
  contents: readonly { readonly id: string; readonly name: string }[],
  signal: AbortSignal,
): Promise<Level[]> {
  if (contents.length === 0) return [];
  const shown = contents.slice(0, PARTS_MAX);
  const query = { status: "problem", limit: PROBLEMS_MAX } as const;
  const [{ packages }] = await Promise.all([
    the(api.GET("/v1/packages", { params: { query }, signal })),
    standing.want(shown.filter((it) => it.id.startsWith("ctr_")).map((it) => it.id)),
  ]);
  const problems = new Set(packages.map((it) => it.id));
  const parts = shown.map(({ id, name }) => ({ ...part(id, name), problem: problems.has(id) }));
  return [{ name: null, above_m: 0, parts }];
}

function part(id: string, text: string): Part {
  const known = standing.of(id);
  return { id, text, holds: known?.is === "container" ? known.holds : null, problem: false };
}

/** What is drawn inside the chosen one in this view; nothing while it is closed. */
export function opened(
  chosen: Chosen,
  holder: Holder,
  lens: Lens,
  look: Look & { readonly times: number },
): { readonly shown: Inside; readonly tags: readonly PlacedTag[] } | null {
  const { levels } = chosen;
  if (levels.length === 0 || holder.id !== chosen.id) return null;
  if (chosen.kind !== "place" && chosen.kind !== "container") return null;
  if (lens.zoom < ZOOM[chosen.kind]) return null;
  const pixel_m = lens.metresPerPixel(holder.lat);
  const stand =
    chosen.kind === "place"
      ? building(chosen, holder, pixel_m)
      : bed(holder, pixel_m, Math.max(0, holder.height_m) * look.times);
  const { [look.theme]: tone } = tones;
  // What is in it has the colour that it has itself, but each its own problems; a place rests.
  const itself = { ...holder, problems: 0, travels: holder.travels && chosen.kind !== "place" };
  const colour = tone[toneOf(itself, look)];
  const bad = look.colouring === "status" ? tone.attention : colour;
  const shown = inside(stretched(levels, stand), stand, { colour, bad, edge: tone.resting });
  const tags = shown.tags.map((tag) => {
    const [x = 0, y = 0] = lens.project(...tag.at);
    return { ...tag, x, y };
  });
  return { shown, tags: apart(tags) };
}

/** The highest floor says how much farther apart floors are drawn than they are. */
function stretched([top, ...rest]: readonly Level[], { times }: Stand): readonly Level[] {
  if (!top) return [];
  const says = times >= 1.05 && mapWords.view.heights(timesLabel(times));
  return [says && top.name ? { ...top, name: `${top.name}, ${says}` } : top, ...rest];
}

/** Of tags that would lie over each other the one of what holds more; empty shelves have none. */
function apart(tags: readonly PlacedTag[]): PlacedTag[] {
  const worth = (it: PlacedTag): number => (it.id === null ? Infinity : (it.holds ?? 1));
  const kept: PlacedTag[] = [];
  for (const tag of [...tags].sort((a, b) => worth(b) - worth(a))) {
    const clear = kept.every((it) => {
      const wide = (widthOf(tag) + widthOf(it)) / 2;
      return wide <= Math.abs(tag.x - it.x) || TAG_PX.height <= Math.abs(tag.y - it.y);
    });
    if (clear && tag.holds !== 0) kept.push(tag);
  }
  return kept;
}

function widthOf({ text, holds }: PlacedTag): number {
  const letters = text.length + (holds === null ? 0 : String(holds).length + 1);
  return TAG_PX.around + TAG_PX.letter * Math.min(18, letters);
}

/** Floors stand on the ground, far enough apart to look between them. */
function building(chosen: Chosen, { lat, lon }: Holder, pixel_m: number): Stand {
  const heights = chosen.levels.map((it) => it.above_m).sort((a, b) => a - b);
  const gaps = heights.slice(1).map((it, below) => it - (heights[below] ?? 0));
  const gap_m = Math.max(0.5, Math.min(FLOOR_M, ...gaps));
  const radius_m = chosen.about?.radius_m ?? BUILDING_M.least;
  const half_m = Math.min(BUILDING_M.most, Math.max(BUILDING_M.least, radius_m * 0.6));
  const times = Math.max(1, (GAP_PX * pixel_m) / gap_m);
  const tallest_m = gap_m * times * (1 - HEADROOM);
  return { lat, lon, course: 0, half_m, base_m: 0, times, tallest_m };
}

/** A load follows what carries it. */
function bed({ lat, lon, course }: Holder, pixel_m: number, base_m: number): Stand {
  const half_m = (LOAD_PX / 2) * pixel_m;
  const ahead = course ?? 0;
  const behind = towards([lat, lon], ahead + 180, half_m * 1.45);
  return {
    lat: behind[0],
    lon: behind[1],
    course: ahead,
    half_m,
    base_m,
    times: 1,
    tallest_m: half_m,
  };
}
