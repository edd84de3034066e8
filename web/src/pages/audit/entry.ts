// Entries of the audit log, read from the bytes that are logged.
import type { components } from "../../api/schema";

type AuditLine = components["schemas"]["AuditLine"];
type AuditEntry = components["schemas"]["AuditEntry"];

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type Fields = Readonly<Record<string, Json>>;

/** One entry as it is shown. */
export interface Entry {
  /** Its place in the log, once it is in it. */
  readonly index: number | null;
  /** What it is about, by id. */
  readonly about: string;
  readonly id: string;
  readonly kind: string;
  readonly actor: string;
  readonly source: string | null;
  readonly happened_at: number;
  readonly recorded_at: number;
  readonly hash: string;
  /** The bytes that are logged, as text. */
  readonly bytes: string;
  /** The same, read. */
  readonly leaf: Fields;
}

export function ofLine(line: AuditLine): Entry {
  const leaf = read(line.leaf);
  return {
    index: line.index,
    about: line.about,
    id: line.id,
    kind: line.kind,
    actor: line.actor,
    source: text(leaf["source"]),
    happened_at: Date.parse(line.happened_at),
    recorded_at: Date.parse(line.recorded_at),
    hash: line.hash,
    bytes: line.leaf,
    leaf,
  };
}

export function ofEntry(entry: AuditEntry): Entry {
  const leaf = read(entry.leaf);
  const recorded_at = number(leaf["recorded_at"]) ?? 0;
  return {
    index: entry.index ?? null,
    about: entry.about,
    id: text(leaf["id"]) ?? "",
    kind: text(leaf["kind"]) ?? "",
    actor: text(leaf["actor"]) ?? "",
    source: text(leaf["source"]),
    happened_at: number(leaf["happened_at"]) ?? recorded_at,
    recorded_at,
    hash: entry.hash,
    bytes: entry.leaf,
    leaf,
  };
}

export function text(it: Json | undefined): string | null {
  return typeof it === "string" ? it : null;
}

export function number(it: Json | undefined): number | null {
  return typeof it === "number" ? it : null;
}

export function fields(it: Json | undefined): Fields {
  return typeof it === "object" && it !== null && !Array.isArray(it) ? (it as Fields) : {};
}

export function list(it: Json | undefined): readonly string[] {
  return Array.isArray(it) ? it.filter((one): one is string => typeof one === "string") : [];
}

/** What cannot be read says nothing, but is shown all the same. */
function read(bytes: string): Fields {
  try {
    return fields(JSON.parse(bytes) as Json);
  } catch {
    return {};
  }
}
