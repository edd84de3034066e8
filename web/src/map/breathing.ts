// Where the processor draws, a frame takes as long as a page may at most stand still: between two of
// them the page gets as much time for itself, and what comes meanwhile is drawn at once.
import type { Map } from "maplibre-gl";

/** No frame is put off longer. */
const PAUSE_MS_MAX = 400;

/** Puts off a map's frames by as long as the last one took, unless somebody moves it. */
export function breathe(map: Map): void {
  const repaint = map.triggerRepaint.bind(map);
  let took_ms = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  map.triggerRepaint = (): void => {
    if (map.isMoving()) repaint();
    else waiting ??= setTimeout(next, Math.min(PAUSE_MS_MAX, took_ms));
  };
  const next = (): void => {
    waiting = undefined;
    repaint();
  };
  map.on("render", () => {
    const begun = performance.now();
    // What was drawn is carried to the screen before the next turn of the page.
    setTimeout(() => (took_ms = performance.now() - begun));
  });
  map.on("remove", () => {
    clearTimeout(waiting);
  });
}
