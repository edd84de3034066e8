// What somebody with a scanner should see of a package besides that it was recorded.
import type { HistoryEvent, IncidentReason, Package } from "../../api/client";
import { words } from "../../words/en";
import { deskWords } from "../../words/en/desk";
import type { Named, Scan } from "./work";

/** What whoever scanned it should know of a package. */
export interface About {
  readonly name: string;
  /** What was wrong with it until this scan, which says that it goes on. */
  readonly ended: IncidentReason | null;
  /** Where it should be instead of here. */
  readonly elsewhere: string | null;
  /** Where it goes from here. */
  readonly onward: string | null;
}

/** What says nothing of where a package stands. */
const ASIDE =
  /^(amended|positioned|joined|left|tracker_.*|cost_.*|promise_changed|photo_added|note|voided)$/;

/** What follows from a package as it stands and what happened to it, the newest first. */
export function aboutOf(
  scan: Pick<Scan, "mode" | "recorded">,
  here: Named,
  { record, names }: Pick<Package, "record" | "names">,
  events: readonly HistoryEvent[],
): About {
  const before = events
    .filter((it) => !it.superseded_by && !scan.recorded.includes(it.id))
    .map(({ event }) => (event?.kind === "corrected" ? event.event : event));
  const last = before.find((it) => it && !ASIDE.test(it.kind));
  const wrong = scan.mode !== "load" && (last?.kind === "problem" || last?.kind === "held");
  const way = before.find((it) => it?.kind === "departed" || it?.kind === "arrived");
  const next = way?.kind === "departed" && typeof way.to === "string" ? way.to : null;
  const end = typeof record.destination === "string" ? record.destination : null;
  // A place that was merged into another has its name.
  const isHere = (it: unknown): boolean =>
    it === here.id || (typeof it === "string" && names[it] === here.name);
  const named = (it: string | null): string | null => (it && names[it]) ?? null;
  // Packages pass through many places on their way: only where one was sent elsewhere it strays.
  const goes = scan.mode === "arrive" ? next : scan.mode === "deliver" ? end : null;
  const strays = goes !== null && ![goes, end, record.origin].some(isHere);
  return {
    name: record.description ?? record.order ?? "",
    ended: wrong ? last.reason : null,
    // Without the name of that place, the end of its way says as well that it is not here.
    elsewhere: strays ? (named(goes) ?? named(end)) : null,
    onward: scan.mode === "arrive" && !strays && !isHere(end) ? named(end) : null,
  };
}

/** The same in words. */
export function hintsOf(about: About | null | undefined): string[] {
  const { ended, elsewhere } = about ?? {};
  return [
    ...(ended ? [deskWords.station.ended(words.reasons[ended])] : []),
    ...(elsewhere ? [deskWords.station.elsewhere(elsewhere)] : []),
  ];
}
