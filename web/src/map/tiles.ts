// Which tiles of data a view needs.

import type { Bounds } from "../browser/scene";

/** The whole world is sixteen tiles: what is behind the globe counts in its sums as well. */
const ZOOM_MIN = 2;
/** Closer than this only what is in view is shown. */
const FAR_ZOOM = 2.6;
/** Seen from nearer, a tile's data are finer than the view by this much. */
const FINER = 0.6;
const ZOOM_MAX = 18;
const TILES_MAX = 24;
const LAT_MAX = 85.05;

/** Whether from so far everything is shown, and not only what is in view. */
export function fromAfar(zoom: number): boolean {
  return zoom < FAR_ZOOM;
}

/** Names of tiles as zoom/column/row, the middle of the view first. */
export function tilesOf(view: Bounds, zoom: number): string[] {
  let level = fromAfar(zoom) ? ZOOM_MIN : Math.min(ZOOM_MAX, Math.round(zoom + FINER));
  for (; level > ZOOM_MIN; level--) {
    const found = covering(view, level);
    if (found.length <= TILES_MAX) return found;
  }
  return covering({ west: -180, south: -LAT_MAX, east: 180, north: LAT_MAX }, ZOOM_MIN);
}

function covering(view: Bounds, level: number): string[] {
  const count = 2 ** level;
  const first = Math.floor(column(view.west, level));
  const last = Math.min(first + count - 1, Math.floor(column(view.east, level) - 1e-9));
  const top = Math.max(0, Math.floor(row(view.north, level)));
  const bottom = Math.min(count - 1, Math.floor(row(view.south, level) - 1e-9));
  const found: { name: string; far: number }[] = [];
  const [midX, midY] = [(first + last) / 2, (top + bottom) / 2];
  for (let x = first; x <= last; x++) {
    for (let y = top; y <= bottom; y++) {
      const far = Math.hypot(x - midX, y - midY);
      found.push({ name: `${level}/${((x % count) + count) % count}/${y}`, far });
      if (found.length > TILES_MAX * 2) return found.map((it) => it.name);
    }
  }
  return found.sort((a, b) => a.far - b.far).map((it) => it.name);
}

function column(lon: number, level: number): number {
  return ((lon + 180) / 360) * 2 ** level;
}

function row(lat: number, level: number): number {
  const angle = (Math.min(LAT_MAX, Math.max(-LAT_MAX, lat)) * Math.PI) / 180;
  return ((1 - Math.asinh(Math.tan(angle)) / Math.PI) / 2) * 2 ** level;
}
