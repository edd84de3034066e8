// An entry of the audit log as a sentence with what it speaks of by id.
import type { IncidentReason, Permission } from "../../api/client";
import { words } from "../../words/en";
import { careWords } from "../../words/en/care";
import { moment } from "../../words/times";
import { type Entry, fields, list, number, text } from "./entry";

/** A piece of a sentence: words, or something that has a name of its own. */
export type Piece =
  | { readonly is: "words"; readonly text: string }
  /** Something spoken of by id. */
  | { readonly is: "thing"; readonly id: string }
  /** A place by its own name, whatever it was merged into. */
  | { readonly is: "itself"; readonly id: string }
  /** Who did it. */
  | { readonly is: "actor"; readonly id: string }
  /** A figure or word that is what the sentence is about. */
  | { readonly is: "value"; readonly text: string };

// Whatever word the log has; one that is not known says nothing.
const modes: Partial<Record<string, { readonly by: string }>> = words.modes;

type Slots = Readonly<Record<string, Piece | null>>;

/** What an entry says. */
export function sentence(entry: Entry): readonly Piece[] {
  const template = careWords.audit.says[templateOf(entry)] ?? careWords.audit.says["other"] ?? "";
  return fill(template, slotsOf(entry));
}

/** The ids that a sentence speaks of, for their names. */
export function speaksOf(pieces: readonly Piece[]): string[] {
  return pieces.flatMap((it) => (it.is === "thing" || it.is === "actor" ? [it.id] : []));
}

/** The ids of places that it calls by their own names. */
export function callsItself(pieces: readonly Piece[]): string[] {
  return pieces.flatMap((it) => (it.is === "itself" ? [it.id] : []));
}

/** Fills the slots of a template; a part in brackets needs all of its slots. */
export function fill(template: string, slots: Slots): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const part of template.split(/(\[[^\]]*\])/)) {
    const optional = part.startsWith("[");
    const inner = optional ? part.slice(1, -1) : part;
    const wanted = Array.from(inner.matchAll(/\{(\w+)\}/g), (it) => it[1] ?? "");
    if (optional && wanted.some((it) => !slots[it])) continue;
    for (const piece of inner.split(/(\{\w+\})/)) {
      if (piece === "") continue;
      const slot = /^\{(\w+)\}$/.exec(piece)?.[1];
      const filled = slot ? slots[slot] : { is: "words" as const, text: piece };
      if (filled) pieces.push(filled);
    }
  }
  return pieces;
}

/** "12.40 USD": an amount in its currency's smallest unit, as money is written. */
export function amount(minor: number, currency: string): string {
  const format = new Intl.NumberFormat(undefined, { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const value = (minor / 10 ** digits).toLocaleString(undefined, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${value} ${currency}`;
}

/** Things are put into containers, but kept at places; what is merged into nothing is separated. */
function templateOf(entry: Entry): string {
  const into = text(fields(entry.leaf["fact"])["into"]);
  if (entry.kind === "merged" && into === null) return "separated";
  const atPlace = text(fields(entry.leaf["fact"])["place"]) !== null;
  const held = entry.kind === "joined" || entry.kind === "left";
  return held && atPlace ? `${entry.kind}_place` : entry.kind;
}

function slotsOf(entry: Entry): Slots {
  const { leaf } = entry;
  const fact = fields(leaf["fact"]);
  const money = fields(fact["amount"]);
  const minor = number(money["minor"]);
  const before = list(leaf["before"]);
  const after = list(leaf["after"]);
  const until = number(fact["last"]);
  const trackers = number(leaf["trackers"]);
  return {
    actor: { is: "actor", id: entry.actor },
    subject: thing(text(leaf["subject"])),
    itself: itself(text(leaf["subject"])),
    into: itself(text(fact["into"])),
    kind: value(careWords.audit.kinds[entry.kind] ?? entry.kind),
    place: thing(text(fact["place"])),
    holder: thing(text(fact["container"]) ?? text(fact["place"])),
    from: thing(text(fact["from"])),
    to: thing(text(fact["to"])),
    with: thing(text(fact["with"])),
    tracker: thing(text(fact["tracker"])),
    floor: value(text(fact["floor"])),
    left_at: value(text(fact["left_at"])),
    mode: value(lower(modes[text(fact["mode"]) ?? ""]?.by)),
    reason: value(lower(words.reasons[fact["reason"] as IncidentReason])),
    cost: value(lower(words.costs[fact["cost"] as keyof typeof words.costs])),
    amount: value(minor === null ? null : amount(minor, text(money["currency"]) ?? "USD")),
    until: value(until === null ? null : moment(until, entry.recorded_at)),
    now: value(lower(careWords.audit.kinds[text(fact["kind"]) ?? ""])),
    user: thing(text(leaf["user"])),
    about: thing(text(leaf["about"]) ?? text(leaf["user"])),
    after: value(permitted(after)),
    given: value(permitted(after.filter((it) => !before.includes(it)))),
    taken: value(permitted(before.filter((it) => !after.includes(it)))),
    fixes: value(number(leaf["fixes"])?.toLocaleString()),
    trackers: value(trackers === null ? null : careWords.audit.trackers(trackers)),
  };
}

function thing(id: string | null): Piece | null {
  // The whole log is spoken of by this word, which needs no name.
  return id === null || id === "log" ? null : { is: "thing", id };
}

function itself(id: string | null): Piece | null {
  return id === null ? null : { is: "itself", id };
}

function value(said: string | null | undefined): Piece | null {
  return said ? { is: "value", text: said } : null;
}

function lower(said: string | undefined): string | null {
  return said ? said.charAt(0).toLowerCase() + said.slice(1) : null;
}

function permitted(permissions: readonly string[]): string | null {
  const named = permissions.map((it) => words.permissions[it as Permission]);
  return named.filter(Boolean).join(", ") || null;
}
