// Where one package or container is: asked for now and for a moment ahead, again and again.
import { api, problemOf, the, type Problem, type Whereabouts } from "../api/client";
import type { MapMode } from "../browser/scene";
import { Trail, type Spot, type TrackPoint } from "../browser/trail";

/** It moves evenly between two answers so far apart. */
const AHEAD_MS = 60_000;
const AGAIN_MS = 30_000;

export class Located {
  whereabouts = $state.raw<Whereabouts | null>(null);
  problem = $state.raw<Problem | null>(null);
  #trail: Trail | null = null;
  #stop = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The minute of the past that was asked for, nothing for the present. */
  #asked: number | null | undefined;

  constructor(
    readonly id: string,
    private readonly told: { readonly mode: () => MapMode; readonly changed: () => void },
  ) {}

  /** Whether the present was asked for last. */
  get live(): boolean {
    return this.#asked === null;
  }

  /** Keeps it true for now, or for a past instant. */
  follow(at: number | null): void {
    const minute = at === null ? null : Math.floor(at / AHEAD_MS);
    if (this.#asked === minute) return;
    this.#asked = minute;
    void this.#locate(at);
  }

  /** Asks anew where it is now. */
  renew(): Promise<void> {
    return this.#locate(null);
  }

  /** Where it is at an instant near the one that is followed. */
  at(instant: number): Spot | null {
    return this.#trail?.at(instant) ?? null;
  }

  close(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
    this.#trail?.free();
    this.#trail = null;
  }

  async #locate(at: number | null): Promise<void> {
    clearTimeout(this.#timer);
    const now = at ?? Date.now();
    try {
      const [here, ahead] = await Promise.all([this.#ask(now), this.#ask(now + AHEAD_MS)]);
      if (this.#stop.signal.aborted) return;
      this.whereabouts = here;
      this.#trail?.free();
      const points = [pointOf(here, now), pointOf(ahead, now + AHEAD_MS)];
      this.#trail = new Trail(this.told.mode(), points);
      this.problem = null;
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.problem = await problemOf(error);
    }
    this.told.changed();
    if (at === null) this.#timer = setTimeout(() => void this.renew(), AGAIN_MS);
  }

  #ask(at: number): Promise<Whereabouts> {
    const query = { at: new Date(at).toISOString() };
    const { signal } = this.#stop;
    if (this.id.startsWith("pkg_")) {
      const params = { path: { package: this.id }, query };
      return the(api.GET("/v1/packages/{package}/whereabouts", { params, signal }));
    }
    const params = { path: { container: this.id }, query };
    return the(api.GET("/v1/containers/{container}/whereabouts", { params, signal }));
  }
}

function pointOf(it: Whereabouts, at: number): TrackPoint {
  const { lat, lon, height_m, radius_95_m, basis } = it;
  return { at, lat, lon, height: height_m ?? null, radius: radius_95_m, basis };
}
