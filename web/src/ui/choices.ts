// Suggestions for what is typed: places and clients, as the API knows them.
import { api, the, type Place } from "../api/client";
import { candidate, type Option } from "./chosen";

const SHOWN = 8;
/** Enough that some are left when homes are not. */
const MANY = 50;

/** Places that a text may mean. */
export async function placesLike(
  text: string,
  signal: AbortSignal,
  homes = true,
): Promise<Option[]> {
  const query = { q: text, limit: homes ? SHOWN : MANY };
  const found = await the(api.GET("/v1/places", { params: { query }, signal }));
  const fitting = found.places.filter((it) => homes || it.kind !== "private");
  const own = fitting.map((it) => ({
    key: it.id,
    label: it.name,
    note: it.country ?? undefined,
    chosen: { text: placeName(it), id: it.id },
  }));
  const known = new Set(found.places.map((it) => it.code));
  const others = found.candidates.map(candidate).filter((it) => !known.has(it.code));
  return [
    ...own,
    ...others.map(({ label, code }) => ({
      key: code,
      label,
      chosen: { text: label, id: null },
    })),
  ].slice(0, SHOWN);
}

/** Clients whose names begin like this. */
export async function clientsLike(text: string, signal: AbortSignal): Promise<Option[]> {
  const query = { q: text, limit: SHOWN };
  const { clients } = await the(api.GET("/v1/clients", { params: { query }, signal }));
  return clients.map((it) => ({
    key: it.id,
    label: it.name,
    chosen: { text: it.name, id: it.id },
  }));
}

/** Containers whose names begin like this. */
export async function containersLike(text: string, signal?: AbortSignal): Promise<Option[]> {
  const query = { q: text, limit: SHOWN };
  const asked = api.GET("/v1/containers", { params: { query }, ...(signal ? { signal } : {}) });
  const { containers } = await the(asked);
  return containers.map((it) => ({
    key: it.id,
    label: it.name,
    chosen: { text: it.name, id: it.id },
  }));
}

function placeName(place: Place): string {
  return place.kind === "city" && place.country ? `${place.name}, ${place.country}` : place.name;
}
