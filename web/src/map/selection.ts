// What is drawn of the chosen one beside its mark: its track up to now, and what is inside it.
import type { Chosen } from "./chosen.svelte";
import type { Holder } from "./holders";
import type { PlacedTag, Solid } from "./inside";
import type { Lens } from "./lens";
import { toneOf, type Look } from "./marks";
import { opened } from "./opened";
import { tones } from "./palette";
import type { Line } from "./surface";
import { trackLines } from "./track";

export interface Selection {
  readonly lines: readonly Line[];
  readonly solids: readonly Solid[];
  readonly tags: readonly PlacedTag[];
}

/** `at` is the past instant that is shown, nothing for the present. */
export function selection(
  chosen: Chosen,
  holder: Holder,
  at: number | null,
  look: Look & { readonly times: number },
  lens: Lens,
): Selection {
  const { [look.theme]: tone } = tones;
  const track = [...chosen.track];
  // Up to where it is just now.
  if (at === null && track.length > 0) {
    const { lat, lon, height_m: height } = holder;
    track.push({ at: Date.now(), lat, lon, height, basis: "measured", radius: 0 });
  }
  const colour = tone[toneOf(holder, look)];
  const lines = trackLines(track, at ?? Date.now(), look.times, colour, tone.resting);
  const open = opened(chosen, holder, lens, look);
  return {
    lines: [...lines, ...(open?.shown.lines ?? [])],
    solids: open?.shown.solids ?? [],
    tags: open?.tags ?? [],
  };
}
