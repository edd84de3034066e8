// What a list is narrowed to: in the address, in what the API is asked, in the export's link.
import type { Mode, Status } from "../../api/client";
import type { Narrowed } from "../../map/fleet";
import { words } from "../../words/en";

export interface Filter {
  readonly q?: string;
  readonly status?: Status;
  readonly carrier?: string;
  readonly client?: string;
  readonly mode?: Mode;
}

const NAMES = ["q", "status", "carrier", "client", "mode"] as const;

/** The filter that an address says; what the app does not know is left out. */
export function filterOf(query: URLSearchParams): Filter {
  const text = (name: string): string | undefined => query.get(name)?.trim() || undefined;
  const status = text("status");
  const mode = text("mode");
  const filter: Record<string, string> = {};
  for (const name of NAMES) {
    const value = text(name);
    if (value) filter[name] = value;
  }
  if (status && !(status in words.statuses)) delete filter["status"];
  if (mode && !(mode in words.modes)) delete filter["mode"];
  return filter;
}

/** What the API is asked. */
export function queryOf(filter: Filter): Filter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value));
}

/** What the map's tiles are narrowed to by it: they know one thing at once; null for more. */
export function tilesOf(filter: Filter): Narrowed | null {
  const all = Object.keys(queryOf(filter));
  return all.length > 1 || filter.q ? null : filter;
}

/** Where the same list is downloaded from. */
export function exportHref(filter: Filter): string {
  const query = new URLSearchParams(Object.entries(queryOf(filter)) as [string, string][]);
  query.set("format", "csv");
  return `/v1/exports?${query.toString()}`;
}

/** Whether anything but the text narrows it. */
export function isNarrowed(filter: Filter): boolean {
  return NAMES.some((name) => name !== "q" && filter[name]);
}
