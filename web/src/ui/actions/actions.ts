// What can be recorded of packages by hand: the fields each kind has, and the events they make.
import type { CostKind, Event, IncidentReason, Mode } from "../../api/client";
import { instantOf, localTime } from "../../words/times";
import { type Chosen, containerIn, NOTHING_CHOSEN, placeRef } from "../chosen";

/** As the menu has them: where it is, what it travels in, what is wrong, what is written down. */
export const ACTIONS = [
  ["seen", "arrive", "depart", "deliver"],
  ["load", "unload"],
  ["problem", "solve"],
  ["cost", "note"],
] as const;
export type Action = (typeof ACTIONS)[number][number];

/** A package that something is recorded of. */
export interface Subject {
  readonly id: string;
  readonly name: string;
}

/** Everything the form may hold; each kind reads what it needs. */
export interface Said {
  /** As a field of the browser has it, in my zone. */
  at: string;
  place: Chosen;
  from: Chosen;
  to: Chosen;
  mode: Mode | "";
  expected: string;
  into: Chosen;
  receivedBy: string;
  leftAt: string;
  reason: IncidentReason;
  text: string;
  costKind: CostKind;
  amount: string;
  currency: string;
  source: string;
}

/** What an event needs to know besides. */
export interface Given {
  /** When the form was opened. */
  readonly now: Date;
  /** Names a cost, so that sending it again adds nothing. */
  readonly line: string;
  /** What holds the package, where that was asked for. */
  readonly container: string | null;
}

export function nothingSaid(now: Date): Said {
  return {
    at: localTime(now),
    place: NOTHING_CHOSEN,
    from: NOTHING_CHOSEN,
    to: NOTHING_CHOSEN,
    mode: "",
    expected: "",
    into: NOTHING_CHOSEN,
    receivedBy: "",
    leftAt: "",
    reason: "unknown",
    text: "",
    costKind: "freight",
    amount: "",
    currency: "EUR",
    source: "",
  };
}

/** Whether the container that holds a package must be known for it. */
export function needsContainer(action: Action, said: Said): boolean {
  return action === "unload" && placeRef(said.place) === null;
}

type Maker = (said: Said, happened_at: string, given: Given) => readonly Event[] | null;

const makers: Record<Action, Maker> = {
  seen: (said, happened_at) => {
    const place = placeRef(said.place);
    return place === null ? null : [{ kind: "scanned", happened_at, place, floor: null }];
  },
  arrive: (said, happened_at) => {
    const place = placeRef(said.place);
    return place === null ? null : [{ kind: "arrived", happened_at, place }];
  },
  depart: (said, happened_at, { now }) => {
    const expected_at = said.expected ? momentOf(said.expected, now) : null;
    const [from, to, mode] = [placeRef(said.from), placeRef(said.to), said.mode || null];
    return [{ kind: "departed", happened_at, from, to, mode, expected_at }];
  },
  load: (said, happened_at) => {
    const container = said.into.id ?? containerIn(said.into.text);
    return container === null ? null : [{ kind: "joined", happened_at, holder: { container } }];
  },
  // Where it is unloaded keeps it from now on; without a place it stands by itself.
  unload: (said, happened_at, { container }) => {
    const place = placeRef(said.place);
    if (place !== null) return [{ kind: "joined", happened_at, holder: { place } }];
    return container === null ? [] : [{ kind: "left", happened_at, holder: { container } }];
  },
  deliver: (said, happened_at) => {
    const [received_by, left_at] = [said.receivedBy.trim() || null, said.leftAt.trim() || null];
    const papers = { photo: null, signature: null };
    const proof = received_by || left_at ? { received_by, left_at, ...papers } : null;
    return [{ kind: "delivered", happened_at, place: placeRef(said.place), proof }];
  },
  problem: (said, happened_at) => [
    { kind: "problem", happened_at, reason: said.reason, detail: said.text.trim() || null },
  ],
  solve: (said, happened_at) => [{ kind: "solved", happened_at, detail: said.text.trim() || null }],
  cost: (said, happened_at, { line }) => {
    const amount = said.amount.trim();
    const currency = said.currency.trim().toUpperCase();
    if (!/^\d{1,14}([.]\d{1,4})?$/.test(amount) || !/^[A-Z]{3}$/.test(currency)) return null;
    const source = said.source.trim() || "desk";
    const cost = { cost: said.costKind, amount: { amount, currency }, source, line };
    return [{ kind: "cost_added", happened_at, cost }];
  },
  note: (said, happened_at) => {
    const text = said.text.trim();
    return text ? [{ kind: "note", happened_at, text }] : null;
  },
};

/** The events of what was said: none where there is nothing to record of a package, and nothing
 * while something that is needed is missing. */
export function eventsOf(action: Action, said: Said, given: Given): readonly Event[] | null {
  const happened_at = momentOf(said.at, given.now);
  return happened_at === null ? null : makers[action](said, happened_at, given);
}

/** A moment that was left as it was is now to the second: events keep their order by it. */
function momentOf(local: string, now: Date): string | null {
  if (local === localTime(now)) return now.toISOString();
  return instantOf(local)?.toISOString() ?? null;
}
