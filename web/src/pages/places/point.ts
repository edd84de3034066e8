// Points of the earth as people write and copy them.

export interface LatLon {
  readonly lat: number;
  readonly lon: number;
}

/** "36.1892, -86.6218", "36.1892 N 86.6218 W", "36°11'21"N 86°37'18"W"; nothing if it is none. */
export function readPoint(text: string): LatLon | null {
  const parts = split(text.trim());
  if (!parts) return null;
  const [first, second] = parts.map(readAngle);
  if (!first || !second) return null;
  // Whoever writes directions may write them the other way round.
  const turned = first.axis === "lon" || second.axis === "lat";
  if (turned && (first.axis === "lat" || second.axis === "lon")) return null;
  const [lat, lon] = turned ? [second.value, first.value] : [first.value, second.value];
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

/** As maps copy it. */
export function writePoint({ lat, lon }: LatLon): string {
  return `${lat.toFixed(5).replace(/0+$/, "0")}, ${lon.toFixed(5).replace(/0+$/, "0")}`;
}

function split(text: string): [string, string] | null {
  const byComma = text.split(/[,;]/).map((it) => it.trim());
  if (byComma.length === 2) return [byComma[0] ?? "", byComma[1] ?? ""];
  const byDirection = /^(.*?[NSEW])\s*(.*[NSEW])$/i.exec(text);
  if (byDirection) return [byDirection[1] ?? "", byDirection[2] ?? ""];
  const bySpace = text.split(/\s+/);
  return bySpace.length === 2 ? [bySpace[0] ?? "", bySpace[1] ?? ""] : null;
}

function readAngle(text: string): { value: number; axis: "lat" | "lon" | null } | null {
  const shape =
    /^([+\-−]?)(\d+(?:\.\d+)?)°?\s*(?:(\d+(?:\.\d+)?)['′]\s*)?(?:(\d+(?:\.\d+)?)(?:"|″|'')\s*)?([NSEW]?)$/i;
  const found = shape.exec(text);
  if (!found) return null;
  const [, sign = "", degrees = "", minutes = "0", seconds = "0", letter = ""] = found;
  const size = Number(degrees) + Number(minutes) / 60 + Number(seconds) / 3600;
  const direction = letter.toUpperCase();
  const negative = sign === "-" || sign === "−" || direction === "S" || direction === "W";
  const axis = direction === "" ? null : "NS".includes(direction) ? "lat" : "lon";
  return { value: negative ? -size : size, axis };
}
