// Untouched, the map eases to one interesting flight and shows its card; any input stops that.
import type { Holder } from "./holders";
import type { Living } from "./living.svelte";
import { spotAt } from "./motion";

const PATIENCE_MS = 3_500;
const FLIGHT_MS = 7_000;
const CRUISE_M = 6_000;

export class Tour {
  /** Whether it has ended, or was never wanted. */
  over = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  begin(living: Living): void {
    if (this.over || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#fly(living), PATIENCE_MS);
  }

  stop(): void {
    this.over = true;
    clearTimeout(this.#timer);
  }

  #fly(living: Living): void {
    const flight = mostInteresting(living.holders.values(), living.instant);
    this.over = true;
    if (!flight) return;
    const spot = spotAt(flight.path, living.instant);
    living.choose(flight.id, flight.id === null ? flight.key : null);
    const bearing = (((spot.heading ?? 0) + 320) % 360) - 180;
    living.fly(
      { lat: spot.lat, lon: spot.lon, zoom: 4.4, pitch: 52, bearing: bearing / 3 },
      FLIGHT_MS,
    );
  }
}

/** High above the ground, known by its own tracker, with many packages. */
export function mostInteresting(holders: Iterable<Holder>, at: number): Holder | null {
  let best: { holder: Holder; worth: number } | null = null;
  for (const holder of holders) {
    if (holder.mode !== "air" || holder.kind === "lane" || !holder.moves) continue;
    const spot = spotAt(holder.path, at);
    if (spot.heading === null || (spot.height_m ?? 0) < CRUISE_M) continue;
    const worth = Math.log2(1 + holder.packages) * Math.cos((spot.lat * Math.PI) / 180);
    if (!best || best.worth < worth) best = { holder, worth };
  }
  return best?.holder ?? null;
}
