// Where something is, in words, and how we know.
import type { Whereabouts } from "../api/client";
import { words } from "./en";
import { ago, moment, span } from "./times";
import { coordinates, distance, height } from "./units";

export interface Where {
  readonly heading: string;
  /** What the heading names, when that is what it travels in. */
  readonly holder: string | null;
  /** How we know, how sure, how high: short, in this order. */
  readonly facts: readonly string[];
  /** Somebody measured it less than a minute ago. */
  readonly live: boolean;
  /** How long a tracker that should speak has been silent. */
  readonly silent: string | null;
  readonly private: boolean;
}

const LIVE_MS = 60_000;
const SILENT_MS = 5 * 60_000;
const HIGH_M = 150;

export function tellWhere(it: Whereabouts, now: number): Where {
  const name = (id: string | null | undefined): string | null =>
    id ? (it.names[id] ?? null) : null;
  const age = Math.max(0, now - Date.parse(it.as_of));
  const container = it.chain.find((id) => id.startsWith("ctr_") && id !== it.subject) ?? null;
  const holder = name(container);
  const place = name(it.place);
  const towards = name(it.towards);
  const say = words.package.know;
  const known = {
    measured: () => say.measured(ago(age)),
    scanned: () => say.scanned(moment(it.as_of, now)),
    inherited: () => say.inherited(holder ?? words.pages.container, ago(age)),
    interpolated: () => say.interpolated,
    predicted: () => say.predicted(ago(age)),
  }[it.basis]();
  const tracked = it.basis === "measured" || it.basis === "inherited";
  const facts = [known, words.package.within(distance(it.radius_95_m))];
  if (it.above_sea_m != null && it.above_sea_m > HIGH_M)
    facts.push(words.package.height(height(it.above_sea_m)));
  return {
    heading: heading(place, towards, holder) ?? coordinates(it),
    holder: place || towards ? null : container,
    facts,
    live: tracked && age < LIVE_MS,
    silent: tracked && age > SILENT_MS ? words.package.noSignal(span(age)) : null,
    private: it.coarse,
  };
}

function heading(
  place: string | null,
  towards: string | null,
  holder: string | null,
): string | null {
  if (place) return place;
  if (towards) return words.package.headingTo(towards);
  return holder ? words.package.aboard(holder) : null;
}
