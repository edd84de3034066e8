// A place as a form has it: everything as text until it is sent.
import type { Place } from "../../api/client";
import type { components } from "../../api/schema";
import { readPoint, writePoint, type LatLon } from "./point";

type PlaceInput = components["schemas"]["PlaceInput"];

export interface Draft {
  name: string;
  kind: Place["kind"];
  point: string;
  radius_m: string;
  ground_m: string;
  time_zone: string;
  country: string;
  address: string;
  exact: string;
  floors: { name: string; above_ground_m: string }[];
}

const HOME_RADIUS_M = 40;

export function draftOf(place: Place | null): Draft {
  return {
    name: place?.name ?? "",
    kind: place?.kind ?? "facility",
    point: place ? writePoint(place.position) : "",
    radius_m: String(place?.radius_m ?? 100),
    ground_m: typeof place?.ground_m === "number" ? String(place.ground_m) : "",
    time_zone: place?.time_zone ?? "",
    country: place?.country ?? "",
    address: place?.address ?? "",
    exact: place?.exact ? writePoint(place.exact) : "",
    floors: (place?.floors ?? []).map((it) => ({
      name: it.name,
      above_ground_m: String(it.above_ground_m),
    })),
  };
}

/** Takes where a known city, airport or port is, but not what it is called or how wide. */
export function near(draft: Draft, place: Place): void {
  draft.point = writePoint(place.position);
  draft.country = place.country ?? draft.country;
  draft.time_zone = place.time_zone ?? draft.time_zone;
  if (draft.name === "") draft.name = place.name;
}

/** Where the pin stands: of a home where it is exactly, if that is known. */
export function pinOf(draft: Draft): LatLon | null {
  return (draft.kind === "private" ? readPoint(draft.exact) : null) ?? readPoint(draft.point);
}

/** Takes where a pin was dropped: of a home that is its exact point, which few may see. */
export function drop(draft: Draft, at: LatLon): void {
  if (draft.kind === "private") draft.exact = writePoint(at);
  else draft.point = writePoint(at);
}

/** What is sent; nothing if the point cannot be read. What is new leaves out what is empty. */
export function inputOf(draft: Draft, before: Place | null): PlaceInput | null {
  const position = readPoint(draft.point);
  if (!position) return null;
  const exact = draft.kind === "private" ? readPoint(draft.exact) : null;
  const optional: Partial<PlaceInput> = {
    ground_m: figure(draft.ground_m),
    time_zone: draft.time_zone.trim() || null,
    country: draft.country.trim().toUpperCase() || null,
    floors: draft.floors
      .filter((it) => it.name.trim() !== "")
      .map((it) => ({ name: it.name.trim(), above_ground_m: figure(it.above_ground_m) ?? 0 })),
    ...(draft.kind === "private"
      ? {
          address: draft.address.trim() || null,
          exact: exact && exactly(before, exact),
        }
      : {}),
  };
  const given = Object.entries(optional).filter(([, it]) => before !== null || it !== null);
  const stays = before !== null && !moved(before, position);
  return {
    ...(Object.fromEntries(given) as Partial<PlaceInput>),
    name: draft.name.trim(),
    kind: draft.kind,
    position: stays ? before.position : position,
    radius_m: figure(draft.radius_m) ?? 100,
  };
}

function exactly(before: Place | null, point: LatLon): NonNullable<PlaceInput["exact"]> {
  const known = before?.exact;
  if (known && writePoint(known) === writePoint(point)) return known;
  return { ...point, radius_m: known?.radius_m ?? HOME_RADIUS_M };
}

/** The field shows fewer decimals than are known: what nobody touched stays exact. */
function moved(before: Place, position: LatLon): boolean {
  return writePoint(before.position) !== writePoint(position);
}

function figure(text: string): number | null {
  const value = Number(text.replace(",", "."));
  return text.trim() === "" || Number.isNaN(value) ? null : value;
}
