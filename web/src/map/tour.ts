// Untouched, the map eases to one interesting flight and shows its card; any input stops that.
import { holderAt, travelling, type Seen } from "./holders";
import type { Living } from "./living.svelte";

const PATIENCE_MS = 3_500;
const FLIGHT_MS = 7_000;
const TRIES_MAX = 20;
const CRUISE_M = 6_000;

export class Tour {
  /** Whether it has ended, or was never wanted. */
  over = false;
  #tries = 0;
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
    const best = mostInteresting(travelling(living.scene));
    // Tiles may still be on their way, or nothing flies just now.
    if (!best && this.#tries++ < TRIES_MAX) {
      this.#timer = setTimeout(() => this.#fly(living), PATIENCE_MS);
      return;
    }
    this.over = true;
    if (!best) return;
    const flight = holderAt(living.scene, best.slot);
    living.choose(flight.id, flight.id === null ? flight.key : null);
    const bearing = (((flight.course ?? 0) + 320) % 360) - 180;
    living.fly(
      { lat: flight.lat, lon: flight.lon, zoom: 4.4, pitch: 52, bearing: bearing / 3 },
      FLIGHT_MS,
    );
  }
}

/** High above the ground, known by its own tracker, with many packages. */
export function mostInteresting(all: Iterable<Seen>): Seen | null {
  let best: { seen: Seen; worth: number } | null = null;
  for (const seen of all) {
    if (seen.mode !== "air" || seen.kind === "lane") continue;
    if (seen.course === null || seen.height_m < CRUISE_M) continue;
    const worth = Math.log2(1 + seen.packages) * Math.cos((seen.lat * Math.PI) / 180);
    if (!best || best.worth < worth) best = { seen, worth };
  }
  return best?.seen ?? null;
}
