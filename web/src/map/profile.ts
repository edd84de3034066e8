// A track's heights over time as the outline of a hill.
import type { TrackPoint } from "../browser/trail";

const LOWEST_TOP_M = 100;
const AIR = 6;

/** Paths of an SVG; what nobody knows the height of is on the ground. */
export function areaOf(
  track: readonly TrackPoint[],
  width: number,
  tall: number,
): { line: string; fill: string } {
  const [first, last] = [track[0], track.at(-1)];
  if (!first || !last || last.at <= first.at) return { line: "", fill: "" };
  const top_m = Math.max(LOWEST_TOP_M, ...track.map((it) => it.height ?? 0));
  const steps = track.map((it) => {
    const x = ((it.at - first.at) / (last.at - first.at)) * width;
    const y = tall - (Math.max(0, it.height ?? 0) / top_m) * (tall - AIR);
    return `${round(x)} ${round(y)}`;
  });
  const line = `M${steps.join("L")}`;
  return { line, fill: `${line}L${width} ${tall}L0 ${tall}Z` };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
