// The view of the map as parameters of the address, and back.
import type { Query } from "../app/router.svelte";
import type { Living } from "./living.svelte";
import type { Colouring } from "./marks";
import type { Camera } from "./surface";

export interface ViewState {
  readonly camera: Camera;
  readonly flat: boolean;
  readonly colouring: Colouring;
  readonly at: number | null;
  readonly selected: string | null;
  /** Whether the address says where to look: then nothing moves by itself. */
  readonly given: boolean;
}

/** Europe, Africa and the Atlantic in the middle of the globe. */
export const HOME: Camera = { lat: 27, lon: -22, zoom: 1.7, pitch: 0, bearing: 0 };
/** The globe takes this part of the shorter side. */
const ROOM = 0.84;

/** The same so near that the globe fills a view of this size. */
export function home(width: number, height: number): Camera {
  const across = ROOM * Math.max(200, Math.min(width, height));
  // A tile of 512 pixels goes once around at zoom 0.
  return { ...HOME, zoom: Math.max(0.8, Math.log2((across * Math.PI) / 512)) };
}

export function readView(query: URLSearchParams, otherwise: Camera = HOME): ViewState {
  const number = (name: string, least: number, most: number, plain: number): number => {
    const text = query.get(name);
    const value = text === null || text === "" ? Number.NaN : Number(text);
    return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : plain;
  };
  const colour = query.get("colour");
  const at = Date.parse(query.get("at") ?? "");
  const selected = query.get("selected");
  return {
    camera: {
      lat: number("lat", -85, 85, otherwise.lat),
      lon: number("lon", -180, 180, otherwise.lon),
      zoom: number("zoom", 0, 20, otherwise.zoom),
      pitch: number("pitch", 0, 78, otherwise.pitch),
      bearing: number("bearing", -180, 360, otherwise.bearing),
    },
    flat: query.has("flat"),
    colouring: colour === "mode" || colour === "carrier" || colour === "age" ? colour : "status",
    at: Number.isFinite(at) && at < Date.now() ? at : null,
    selected,
    given: query.has("lat") || query.has("zoom") || selected !== null || query.has("at"),
  };
}

export function writeView(
  it: Pick<Living, "camera" | "flat" | "colouring" | "at" | "chosen">,
): Query {
  const { lat, lon, zoom, pitch, bearing } = it.camera;
  const wrapped = ((((lon + 180) % 360) + 360) % 360) - 180;
  const digits = Math.max(2, Math.min(6, Math.round(zoom / 2) + 1));
  return {
    lat: lat.toFixed(digits),
    lon: wrapped.toFixed(digits),
    zoom: zoom.toFixed(2),
    pitch: pitch < 0.5 ? null : pitch.toFixed(0),
    bearing: Math.abs(bearing) < 0.5 ? null : bearing.toFixed(0),
    flat: it.flat ? "1" : null,
    colour: it.colouring === "status" ? null : it.colouring,
    at: it.at === null ? null : new Date(it.at).toISOString(),
    selected: it.chosen ? (it.chosen.id ?? it.chosen.key) : null,
  };
}
