// Day and night on the map.
import { night as dark, overhead as above } from "./generated/browser.js";
import { load } from "./load";

export interface Sky {
  /** Longitude and latitude of the point that the sun stands above. */
  overhead(millis: number): [number, number];
  /**
   * The edge of where the sun stands lower than this: 0 is sunset, -6, -12 and -18 end the
   * twilights. A ring around the middle of the night, clockwise.
   */
  night(millis: number, altitude: number, points?: number): [number, number][];
}

/** The sky, once the WebAssembly is there. */
export async function sky(): Promise<Sky> {
  await load();
  return { overhead, night };
}

export function overhead(millis: number): [number, number] {
  const [lon = 0, lat = 0] = above(millis);
  return [lon, lat];
}

export function night(millis: number, altitude: number, points = 180): [number, number][] {
  const numbers = dark(millis, altitude, points);
  return Array.from({ length: numbers.length / 2 }, (_, index) => {
    const [lon = 0, lat = 0] = numbers.subarray(index * 2);
    return [lon, lat];
  });
}
