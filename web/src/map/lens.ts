// Where points in space are on the screen, and which of them the Earth hides.
import { MapView, _GlobeView as GlobeView, type Viewport } from "@deck.gl/core";

import { EARTH_M, unit } from "./sphere";
import type { View } from "./marks";

export interface Looking {
  readonly lat: number;
  readonly lon: number;
  readonly zoom: number;
  readonly pitch: number;
  readonly bearing: number;
  readonly width: number;
  readonly height: number;
  readonly globe: boolean;
}

export class Lens implements View {
  readonly zoom: number;
  readonly width: number;
  readonly height: number;
  #viewport: Viewport | null;
  #globe: boolean;
  /** The camera in radii of the Earth, from its middle. */
  #eye: readonly [number, number, number];

  constructor(looking: Looking, eye: readonly [number, number, number], altitude_m: number) {
    this.zoom = looking.zoom;
    this.width = looking.width;
    this.height = looking.height;
    this.#globe = looking.globe;
    const far = 1 + altitude_m / EARTH_M;
    this.#eye = [eye[0] * far, eye[1] * far, eye[2] * far];
    const view = looking.globe ? new GlobeView({ id: "lens" }) : new MapView({ id: "lens" });
    this.#viewport = view.makeViewport({
      width: Math.max(1, looking.width),
      height: Math.max(1, looking.height),
      viewState: {
        longitude: looking.lon,
        latitude: looking.lat,
        zoom: looking.zoom,
        pitch: looking.pitch,
        bearing: looking.bearing,
      },
    });
  }

  project = (lon: number, lat: number, height_m: number): readonly number[] =>
    this.#viewport?.project([lon, lat, height_m]) ?? [0, 0];

  /** On the globe: whether the straight line from the camera to a point misses the Earth. */
  sees = (lat: number, lon: number, height_m: number): boolean => {
    if (!this.#globe) return true;
    const up = 1 + height_m / EARTH_M;
    const [x, y, z] = unit([lat, lon]);
    const [ex, ey, ez] = this.#eye;
    const [dx, dy, dz] = [x * up - ex, y * up - ey, z * up - ez];
    const length = dx * dx + dy * dy + dz * dz;
    const part = -(ex * dx + ey * dy + ez * dz) / length;
    if (part >= 1 || part <= 0) return true;
    const [cx, cy, cz] = [ex + dx * part, ey + dy * part, ez + dz * part];
    return cx * cx + cy * cy + cz * cz > 0.9995;
  };

  /** Metres that one pixel covers in the middle of the view. */
  metresPerPixel(lat: number): number {
    return (40_075_016.7 * Math.cos((lat * Math.PI) / 180)) / 2 ** this.zoom / 512;
  }
}
