// A package as somebody writes it down, and what the API is told of it.
import type { Mode } from "../../api/client";
import type { components } from "../../api/schema";
import { asObject, asText } from "../../app/kept";
import { carrierOf } from "../../words/carriers";
import { desk } from "../../words/en/desk";
import { instantOf } from "../../words/times";
import { type Chosen, NOTHING_CHOSEN, placeRef } from "../../ui/chosen";

type Schemas = components["schemas"];
export type PackageInput = Schemas["PackageInput"];

export interface ItemDraft {
  name: string;
  quantity: string;
  serials: string;
}

/** Everything the form holds, as it is typed. */
export interface Draft {
  number: string;
  carrier: string;
  description: string;
  from: Chosen;
  to: Chosen;
  client: Chosen;
  order: string;
  recipientName: string;
  recipientEmail: string;
  recipientAddress: string;
  mode: Mode | "";
  pieces: string;
  weight: string;
  promised: string;
  costCentre: string;
  cost: string;
  currency: string;
  items: ItemDraft[];
  /** Whether the lines of `numbers` make a package each. */
  again: boolean;
  numbers: string;
}

export type DraftField = keyof Draft;

export const MODES: readonly Mode[] = ["road", "air", "sea", "rail"];

export function emptyDraft(): Draft {
  return {
    number: "",
    carrier: "",
    description: "",
    from: NOTHING_CHOSEN,
    to: NOTHING_CHOSEN,
    client: NOTHING_CHOSEN,
    order: "",
    recipientName: "",
    recipientEmail: "",
    recipientAddress: "",
    mode: "",
    pieces: "",
    weight: "",
    promised: "",
    costCentre: "",
    cost: "",
    currency: "EUR",
    items: [],
    again: false,
    numbers: "",
  };
}

/** What is written next often goes the same way for the same client. */
export function nextDraft(sent: Draft): Draft {
  const { from, to, client, order, mode, costCentre, currency } = sent;
  return { ...emptyDraft(), from, to, client, order, mode, costCentre, currency };
}

/** A draft that was kept, as far as it reads. */
export function readDraft(value: unknown): Draft | null {
  const found = asObject(value);
  if (!found) return null;
  const draft = emptyDraft();
  for (const [name, empty] of Object.entries(draft) as [DraftField, unknown][]) {
    if (typeof empty === "string") Object.assign(draft, { [name]: asText(found[name]) || empty });
  }
  const mode = MODES.find((it) => it === found["mode"]);
  return {
    ...draft,
    mode: mode ?? "",
    from: readChosen(found["from"]),
    to: readChosen(found["to"]),
    client: readChosen(found["client"]),
    again: found["again"] === true,
    items: Array.isArray(found["items"]) ? found["items"].map(readItem) : [],
  };
}

export function readChosen(value: unknown): Chosen {
  const found = asObject(value);
  return { text: asText(found?.["text"]), id: asText(found?.["id"]) || null };
}

function readItem(value: unknown): ItemDraft {
  const found = asObject(value);
  const text = (name: string): string => asText(found?.[name]);
  return { name: text("name"), quantity: text("quantity"), serials: text("serials") };
}

/** Whether anything was written that would be missed. */
export function isBlank(draft: Draft): boolean {
  const { number, description, numbers, recipientName, items, order } = draft;
  return [number, description, numbers, recipientName, order].every(blank) && items.length === 0;
}

/** The numbers of the packages that a draft makes: one, or one for each line. */
export function numbersOf(draft: Draft): string[] {
  const own = draft.number.trim();
  if (!draft.again) return [own];
  const lines = linesOf(draft.numbers);
  const all = own && !lines.includes(own) ? [own, ...lines] : lines;
  return all.length > 0 ? all : [own];
}

/** Lines with something on them, each once. */
export function linesOf(text: string): string[] {
  return [...new Set(text.split(/[\n\t;]+/).map((it) => it.trim()))].filter((it) => it !== "");
}

/** What the API is told: a package for each number. Lengths are in millimetres, weights in kg. */
export function inputsOf(
  draft: Draft,
  client: string | null,
  kg: (typed: string) => number | null,
): PackageInput[] {
  return numbersOf(draft).map((number) => ({
    references: number ? [{ scheme: schemeOf(draft.carrier), value: number }] : null,
    carrier: carrierOf(draft.carrier) || null,
    description: draft.description.trim() || null,
    origin: placeRef(draft.from),
    destination: placeRef(draft.to),
    client,
    order: draft.order.trim() || null,
    recipient: recipientOf(draft),
    mode: draft.mode || null,
    pieces: wholeOf(draft.pieces),
    weight_kg: draft.weight.trim() ? kg(draft.weight) : null,
    promised: promiseOf(draft.promised),
    cost_centre: draft.costCentre.trim() || null,
    items: itemsOf(draft.items),
  }));
}

/** Whose number it is, as the scheme of a reference. */
export function schemeOf(carrier: string): string {
  const slug = carrierOf(carrier)
    .replace(/[^a-z0-9_-]+/g, "_")
    .slice(0, 30);
  return slug ? `carrier:${slug}` : "tracking";
}

function recipientOf(draft: Draft): NonNullable<PackageInput["recipient"]> | null {
  const name = draft.recipientName.trim() || null;
  const email = draft.recipientEmail.trim() || null;
  const address = draft.recipientAddress.trim() || null;
  return name || email || address ? { name, email, address } : null;
}

function promiseOf(typed: string): { first: string } | null {
  const first = typed ? instantOf(typed)?.toISOString() : undefined;
  return first ? { first } : null;
}

function itemsOf(items: readonly ItemDraft[]): NonNullable<PackageInput["items"]> | null {
  const named = items.filter((it) => it.name.trim() !== "");
  if (named.length === 0) return null;
  return named.map((it) => ({
    name: it.name.trim(),
    quantity: wholeOf(it.quantity) ?? 1,
    serials: linesOf(it.serials.replaceAll(",", "\n")),
  }));
}

/** A count as it is typed; what is none is told by the API at its field. */
export function wholeOf(text: string): number | null {
  if (blank(text)) return null;
  return Number(text.trim().replace(/[,\s]/g, ""));
}

/** What is wrong with a draft, as far as it can be known before it is sent. */
export function faultsOf(
  draft: Draft,
  kg: (typed: string) => number | null,
): Partial<Record<DraftField, string>> {
  const found: Partial<Record<DraftField, string>> = {};
  if (isBlank(draft)) found.number = desk.needsNumber;
  if (!blank(draft.pieces) && !Number.isInteger(wholeOf(draft.pieces))) {
    found.pieces = desk.faults.noNumber;
  }
  if (!blank(draft.weight) && !Number.isFinite(kg(draft.weight))) {
    found.weight = desk.faults.noNumber;
  }
  if (!blank(draft.cost) && !/^\d{1,14}([.]\d{1,4})?$/.test(draft.cost.trim())) {
    found.cost = desk.needsAmount;
  }
  if (draft.promised !== "" && instantOf(draft.promised) === null) {
    found.promised = desk.faults.noDate;
  }
  if (draft.items.some((it) => !blank(it.quantity) && !Number.isInteger(wholeOf(it.quantity)))) {
    found.items = desk.faults.noNumber;
  }
  return found;
}

/** The field of the form that a pointer of a problem is about. */
export function fieldOf(pointer: string): DraftField {
  const path = pointer.replace(/^\/\d+(?=\/|$)/, "");
  for (const [start, field] of POINTERS) if (path.startsWith(start)) return field;
  return "number";
}

const POINTERS: readonly (readonly [string, DraftField])[] = [
  ["/references", "number"],
  ["/carrier", "carrier"],
  ["/description", "description"],
  ["/origin", "from"],
  ["/destination", "to"],
  ["/client", "client"],
  ["/order", "order"],
  ["/recipient/email", "recipientEmail"],
  ["/recipient/address", "recipientAddress"],
  ["/recipient", "recipientName"],
  ["/mode", "mode"],
  ["/pieces", "pieces"],
  ["/weight_kg", "weight"],
  ["/promised", "promised"],
  ["/cost_centre", "costCentre"],
  ["/event/cost", "cost"],
  ["/items", "items"],
];

export function blank(text: string): boolean {
  return text.trim() === "";
}
