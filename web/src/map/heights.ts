// How tall heights are drawn: much taller from afar, true from near.

const FAR_ZOOM = 3;
const NEAR_ZOOM = 14;
const FAR_TIMES = 40;

/** How many times heights are exaggerated at a zoom; `wish` is what somebody asked on top. */
export function exaggeration(zoom: number, wish = 1): number {
  const near = Math.min(1, Math.max(0, (zoom - FAR_ZOOM) / (NEAR_ZOOM - FAR_ZOOM)));
  return FAR_TIMES ** (1 - near) * wish;
}

/** The same as a label says it: "40", "6.5", "1". */
export function timesLabel(times: number): string {
  if (times === 0) return "0";
  return times < 9.5 ? String(Math.round(times * 10) / 10) : String(Math.round(times));
}
