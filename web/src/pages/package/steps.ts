// How far along a package is, in five steps that everybody knows.
import type { HistoryEvent, Package, Status } from "../../api/client";

export const steps = [
  "registered",
  "picked_up",
  "in_transit",
  "out_for_delivery",
  "delivered",
] as const;
export type Step = (typeof steps)[number];

export interface Reached {
  readonly step: Step;
  readonly is: "done" | "now" | "wrong" | "ahead";
  readonly at: string | null;
}

/** The step that a status stands at, where the status says so by itself. */
const stepOf: Partial<Record<Status, Step>> = {
  registered: "registered",
  picked_up: "picked_up",
  in_transit: "in_transit",
  out_for_delivery: "out_for_delivery",
  ready_to_collect: "out_for_delivery",
  delivered: "delivered",
};

const wrong: readonly Status[] = ["problem", "held", "lost", "returning", "returned", "cancelled"];

/** Each step with whether and when it was reached. */
export function reached(pkg: Package, events: readonly HistoryEvent[]): readonly Reached[] {
  const times: Record<Step, string | null> = {
    registered: pkg.registered_at ?? null,
    picked_up: pkg.picked_up_at ?? null,
    in_transit: firstOf(events, ["departed"]),
    out_for_delivery: firstOf(events, ["out_for_delivery", "ready_to_collect"]),
    delivered: pkg.delivered_at ?? null,
  };
  const last = Math.max(0, ...steps.map((it, index) => (times[it] ? index : 0)));
  const stands = stepOf[pkg.status];
  const current = stands ? steps.indexOf(stands) : last;
  const isWrong = wrong.includes(pkg.status);
  return steps.map((step, index) => ({
    step,
    at: index <= current ? times[step] : null,
    is:
      index < current || pkg.status === "delivered"
        ? "done"
        : index > current
          ? "ahead"
          : isWrong
            ? "wrong"
            : "now",
  }));
}

function firstOf(
  events: readonly HistoryEvent[],
  kinds: readonly HistoryEvent["kind"][],
): string | null {
  const found = events.filter((it) => kinds.includes(it.kind) && !it.superseded_by);
  return found.map((it) => it.happened_at).sort()[0] ?? null;
}
