// When the next frame is worth it: once the fastest has moved by a part of a pixel.

const STEP_PX = 0.3;
const FRAME_MS = { least: 15, calm: 2_000, most: 10_000 };

/** How long to wait, in milliseconds; nothing for the very next frame. */
export function pause(pixels_per_s: number, calm: boolean): number | null {
  const wait_ms = Math.min(FRAME_MS.most, (STEP_PX / Math.max(1e-6, pixels_per_s)) * 1000);
  if (calm) return Math.max(wait_ms, FRAME_MS.calm);
  return wait_ms <= FRAME_MS.least ? null : wait_ms;
}
