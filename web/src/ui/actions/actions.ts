// What can be recorded of packages by hand: the fields each kind has, and the events they make.
import type { CostKind, IncidentReason } from "../../api/client";
import type { components } from "../../api/schema";
import { type Chosen, NOTHING_CHOSEN, placeRef } from "../chosen";

type Event = components["schemas"]["Event"];

export const ACTIONS = ["arrive", "depart", "load", "deliver", "problem", "cost", "note"] as const;
export type Action = (typeof ACTIONS)[number];

/** A package that something is recorded of. */
export interface Subject {
  readonly id: string;
  readonly name: string;
}

/** Everything the form may hold. */
export interface Said {
  /** As a field of the browser has it, in the viewer's zone. */
  at: string;
  place: Chosen;
  from: Chosen;
  to: Chosen;
  expected: string;
  into: Chosen;
  receivedBy: string;
  leftAt: string;
  reason: IncidentReason;
  text: string;
  costKind: CostKind;
  amount: string;
  currency: string;
}

export function nothingSaid(now: Date): Said {
  return {
    at: localTime(now),
    place: NOTHING_CHOSEN,
    from: NOTHING_CHOSEN,
    to: NOTHING_CHOSEN,
    expected: "",
    into: NOTHING_CHOSEN,
    receivedBy: "",
    leftAt: "",
    reason: "unknown",
    text: "",
    costKind: "freight",
    amount: "",
    currency: "EUR",
  };
}

/** "2026-11-26T09:12" in the browser's zone. */
export function localTime(at: Date): string {
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** The event of what was said, or nothing while something it needs is missing. `line` names a
 * cost, so that sending it again adds nothing. */
export function eventOf(action: Action, said: Said, now: Date, line: string): Event | null {
  const happened_at = instantOf(said.at, now);
  if (happened_at === null) return null;
  switch (action) {
    case "arrive": {
      const place = placeRef(said.place);
      return place === null ? null : { kind: "arrived", happened_at, place };
    }
    case "depart": {
      const expected_at = said.expected ? instantOf(said.expected, now) : null;
      const [from, to] = [placeRef(said.from), placeRef(said.to)];
      return { kind: "departed", happened_at, from, to, expected_at };
    }
    case "load": {
      const container = said.into.id;
      return container === null ? null : { kind: "joined", happened_at, holder: { container } };
    }
    case "deliver": {
      const [received_by, left_at] = [said.receivedBy.trim() || null, said.leftAt.trim() || null];
      const papers = { photo: null, signature: null };
      const proof = received_by || left_at ? { received_by, left_at, ...papers } : null;
      return { kind: "delivered", happened_at, place: placeRef(said.place), proof };
    }
    case "problem":
      return {
        kind: "problem",
        happened_at,
        reason: said.reason,
        detail: said.text.trim() || null,
      };
    case "cost": {
      const amount = said.amount.trim();
      const currency = said.currency.trim().toUpperCase();
      if (!/^\d{1,14}([.]\d{1,4})?$/.test(amount) || !/^[A-Z]{3}$/.test(currency)) return null;
      const cost = { cost: said.costKind, amount: { amount, currency }, source: "desk", line };
      return { kind: "cost_added", happened_at, cost };
    }
    case "note": {
      const text = said.text.trim();
      return text ? { kind: "note", happened_at, text } : null;
    }
  }
}

/** A moment that was left as it was is now to the second: events keep their order by it. */
function instantOf(local: string, now: Date): string | null {
  if (local === localTime(now)) return now.toISOString();
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
