// What a station does with a scan: the events that are recorded, as the API takes them.
import type { EventAbout } from "../../api/events";
import type { components } from "../../api/schema";
import { asObject, asText, asTexts } from "../../app/kept";

type Schemas = components["schemas"];
type PlaceRef = Schemas["PlaceRef"];

export const MODES = ["arrive", "depart", "load", "deliver"] as const;
export type StationMode = (typeof MODES)[number];

/** Something by its id, with what people call it. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** Where a station is and what it does; kept in its browser. */
export interface Setup {
  readonly place: Named;
  /** The storeys that the place has. */
  readonly floors: readonly string[];
  readonly floor: string | null;
  readonly mode: StationMode;
  /** What is loaded into. */
  readonly into: Named | null;
  /** Where what departs goes: a place's id or text. */
  readonly destination: { readonly text: string; readonly id: string | null } | null;
  readonly muted: boolean;
}

export type ScanState = "waiting" | "good" | "unknown" | "refused" | "again" | "undone";

/** One scan, with everything that is needed to send it later. */
export interface Scan {
  readonly id: string;
  /** What was scanned: a number, or an id. */
  readonly number: string;
  readonly at: string;
  readonly mode: StationMode;
  readonly events: readonly EventAbout[];
  readonly state: ScanState;
  /** The package it is, once the server said so. */
  readonly subject: string | null;
  /** What was recorded, to be undone. */
  readonly recorded: readonly string[];
  /** Why it was refused. */
  readonly says: string | null;
}

export interface Numbered {
  readonly number: string;
  readonly at: string;
}

/** The events that say what a scan at a station means. */
export function eventsOf(
  setup: Setup,
  { number: subject, at: happened_at }: Numbered,
): EventAbout[] {
  const place: PlaceRef = setup.place.id;
  const about = (event: EventAbout["event"]): EventAbout => ({ subject, event });
  switch (setup.mode) {
    case "arrive": {
      const arrived = about({ kind: "arrived", happened_at, place });
      if (setup.floor === null) return [arrived];
      return [arrived, about({ kind: "scanned", happened_at, place, floor: setup.floor })];
    }
    case "depart":
      return [about({ kind: "departed", happened_at, from: place, to: destinationOf(setup) })];
    case "load":
      if (!setup.into) return [];
      return [about({ kind: "joined", happened_at, holder: { container: setup.into.id } })];
    case "deliver":
      return [about({ kind: "delivered", happened_at, place })];
  }
}

function destinationOf(setup: Setup): PlaceRef | null {
  if (!setup.destination) return null;
  if (setup.destination.id) return setup.destination.id;
  const search = setup.destination.text.trim();
  return search ? { search } : null;
}

/** Whether scans can be taken: what is loaded must be loaded into something. */
export function isReady(setup: Setup): boolean {
  return setup.mode !== "load" || setup.into !== null;
}

/** What happened to a scan's events, by what the server said of each. */
export function settled(scan: Scan, results: readonly Schemas["ItemResult"][]): Scan {
  const refused = results.find((it) => it.status >= 400);
  const subject =
    results.find((it) => it.id)?.id ?? results.find((it) => it.receipt)?.receipt?.subject;
  const recorded = results.flatMap((it) => (it.receipt ? [it.receipt.event] : []));
  if (!refused) {
    return { ...scan, state: "good", subject: subject ?? null, recorded, says: null };
  }
  const says = refused.problem?.detail ?? refused.problem?.title ?? null;
  const unknown = refused.status === 404 && isAboutSubject(refused.problem);
  return {
    ...scan,
    state: unknown ? "unknown" : "refused",
    subject: subject ?? null,
    recorded,
    says,
  };
}

function isAboutSubject(problem: Schemas["Problem"] | null | undefined): boolean {
  return problem?.errors?.some((it) => /\/subject$/.test(it.pointer)) ?? true;
}

/** A setup that was kept, as far as it reads. */
export function readSetup(value: unknown): Setup | null {
  const found = asObject(value);
  const place = readNamed(found?.["place"]);
  if (!found || !place) return null;
  const destination = asObject(found["destination"]);
  return {
    place,
    floors: asTexts(found["floors"]),
    floor: asText(found["floor"]) || null,
    mode: MODES.find((it) => it === found["mode"]) ?? "arrive",
    into: readNamed(found["into"]),
    destination: destination
      ? { text: asText(destination["text"]), id: asText(destination["id"]) || null }
      : null,
    muted: found["muted"] === true,
  };
}

function readNamed(value: unknown): Named | null {
  const found = asObject(value);
  const [id, name] = [asText(found?.["id"]), asText(found?.["name"])];
  return id ? { id, name: name || id } : null;
}

/** Scans that were kept until they could be sent. */
export function readScans(value: unknown): Scan[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((it) => {
    const found = asObject(it);
    const mode = MODES.find((mode) => mode === found?.["mode"]);
    const [id, number, at] = ["id", "number", "at"].map((name) => asText(found?.[name]));
    const events = Array.isArray(found?.["events"]) ? (found["events"] as EventAbout[]) : [];
    if (!mode || !id || !number || !at || events.length === 0) return [];
    const rest = { subject: null, recorded: [], says: null };
    return [{ id, number, at, mode, events, state: "waiting" as const, ...rest }];
  });
}
