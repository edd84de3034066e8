// What lies below everything: night, the sun's light, the grid of close views, discs of doubt.
import { discs, grid } from "./ground";
import type { Disc } from "./marks";
import { night } from "./night";
import type { Surface } from "./surface";

const NIGHT_MS = 60_000;

export class Backdrop {
  #night_at = -Infinity;
  #doubted = "[]";

  constructor(private readonly surface: Surface) {}

  show(at: number): void {
    if (NIGHT_MS <= Math.abs(at - this.#night_at)) {
      this.#night_at = at;
      this.surface.shapes("night", night(at));
      this.surface.sun(at);
    }
    this.surface.shapes("grid", grid(this.surface.bounds, this.surface.camera.zoom));
  }

  /** Where some may be, as discs on the ground. */
  doubt(found: readonly Disc[]): void {
    const said = JSON.stringify(found);
    if (said !== this.#doubted) this.surface.shapes("discs", discs(found));
    this.#doubted = said;
  }
}
