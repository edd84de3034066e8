// What somebody says happened, as the event that the API takes.
import type { CostKind, Event, IncidentReason, Mode } from "../../api/client";
import { words } from "../../words/en";

export type ActionKind = keyof typeof words.actions.kinds;
export const actionKinds = Object.keys(words.actions.kinds) as readonly ActionKind[];

/** What the form holds; each kind reads what it needs. */
export interface Said {
  kind: ActionKind;
  /** A place's id, or what somebody wrote. */
  place: string | { search: string } | null;
  to: string | { search: string } | null;
  mode: Mode | "";
  container: string;
  received_by: string;
  left_at: string;
  reason: IncidentReason;
  detail: string;
  cost: CostKind;
  amount: string;
  currency: string;
  line: string;
  source: string;
  text: string;
}

export function nothingSaid(): Said {
  return {
    kind: "scanned",
    place: null,
    to: null,
    mode: "",
    container: "",
    received_by: "",
    left_at: "",
    reason: "unknown",
    detail: "",
    cost: "freight",
    amount: "",
    currency: "EUR",
    line: "1",
    source: "",
    text: "",
  };
}

type Maker = (said: Said, happened_at: string) => Event | null;

const makers: Record<ActionKind, Maker> = {
  scanned: ({ place }, happened_at) => (place ? { kind: "scanned", happened_at, place } : null),
  arrived: ({ place }, happened_at) => (place ? { kind: "arrived", happened_at, place } : null),
  departed: ({ place, to, mode }, happened_at) => ({
    kind: "departed",
    happened_at,
    ...(place ? { from: place } : {}),
    ...(to ? { to } : {}),
    ...(mode ? { mode } : {}),
  }),
  joined: ({ container }, happened_at) =>
    container.trim()
      ? { kind: "joined", happened_at, holder: { container: container.trim() } }
      : null,
  delivered: ({ place, received_by, left_at }, happened_at) => {
    const proof = {
      ...(received_by.trim() ? { received_by: received_by.trim() } : {}),
      ...(left_at.trim() ? { left_at: left_at.trim() } : {}),
    };
    return {
      kind: "delivered",
      happened_at,
      ...(place ? { place } : {}),
      ...(Object.keys(proof).length > 0 ? { proof } : {}),
    };
  },
  problem: ({ reason, detail }, happened_at) => ({
    kind: "problem",
    happened_at,
    reason,
    ...(detail.trim() ? { detail: detail.trim() } : {}),
  }),
  cost_added: ({ cost, amount, currency, line, source }, happened_at) => ({
    kind: "cost_added",
    happened_at,
    cost: {
      cost,
      amount: { amount: amount.trim(), currency: currency.trim().toUpperCase() },
      line,
      source,
    },
  }),
  note: ({ text }, happened_at) =>
    text.trim() ? { kind: "note", happened_at, text: text.trim() } : null,
};

/** The event, or nothing while what it needs is missing. */
export function eventOf(said: Said, happened_at: string): Event | null {
  return makers[said.kind](said, happened_at);
}
