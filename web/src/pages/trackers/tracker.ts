// Trackers as the API has them, and how their devices send.
import type { components } from "../../api/schema";
import { height } from "../../words/units";
import { preferences } from "../../app/preferences.svelte";

export type Tracker = components["schemas"]["Tracker"];
export type TrackerMade = components["schemas"]["TrackerMade"];

const LIVE_MS = 60_000;
const SILENT_MS = 3_600_000;

/** How long ago a tracker was heard decides how it looks. */
export function liveness(
  heard_at: string | null | undefined,
  now: number,
): "live" | "late" | "silent" {
  if (!heard_at) return "silent";
  const age = now - Date.parse(heard_at);
  if (age < LIVE_MS) return "live";
  return age < SILENT_MS ? "late" : "silent";
}

/** A command that sends one position, as a terminal takes it. */
export function command(origin: string, key: string, at: string): string {
  const fix = { at, position: { lat: 36.1892, lon: -86.6218 }, radius_95_m: 8 };
  return [
    `curl ${origin}/v1/fixes \\`,
    `  -H 'Authorization: Bearer ${key}' \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify({ fixes: [fix] })}'`,
  ].join("\n");
}

/** "825 km/h", "513 mph". */
export function speed(m_s: number): string {
  const imperial = preferences.units === "imperial";
  const value = m_s * (imperial ? 2.236_936 : 3.6);
  return `${Math.round(value).toLocaleString()} ${imperial ? "mph" : "km/h"}`;
}

/** The height that a position was sent with, as people say it. */
export function heightOf(height_m: number | null | undefined): string | null {
  return typeof height_m === "number" ? height(height_m) : null;
}
