// Day and night on the map.
import { overhead as above } from "./generated/browser.js";

/** Longitude and latitude of the point that the sun stands above; once the WebAssembly is there. */
export function overhead(millis: number): [number, number] {
  const [lon = 0, lat = 0] = above(millis);
  return [lon, lat];
}
