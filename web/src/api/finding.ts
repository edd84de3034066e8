// Finding places and clients by what is typed.
import type { Option } from "../ui/Combo.svelte";
import { api, the } from "./client";

const OFFERED = 8;

/** Places that a text may mean, our own before the world's. */
export async function findPlaces(text: string): Promise<readonly Option[]> {
  const query = text ? { q: text, limit: OFFERED } : { limit: OFFERED };
  const { places } = await the(api.GET("/v1/places", { params: { query } })).catch(() => ({
    places: [],
  }));
  return places.map((it) => ({
    value: it.id,
    label: it.name,
    detail: [it.code?.replace(/^\w+:/, ""), it.country].filter(Boolean).join(" · ") || undefined,
  }));
}

/** Clients by the beginning of a name. */
export async function findClients(text: string): Promise<readonly Option[]> {
  const query = text ? { q: text, limit: OFFERED } : { limit: OFFERED };
  const { clients } = await the(api.GET("/v1/clients", { params: { query } })).catch(() => ({
    clients: [],
  }));
  return clients.map((it) => ({ value: it.id, label: it.name }));
}
