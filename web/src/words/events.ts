// What happened, as a line of the timeline and what stands under it.
import type { Event, HistoryEvent } from "../api/client";
import { words } from "./en";
import { moment } from "./times";
import { coordinates, distance, money } from "./units";

/** How an event looks in the timeline. */
export type Look =
  "start" | "move" | "stop" | "hold" | "good" | "bad" | "measure" | "money" | "text" | "change";

export interface Told {
  readonly line: string;
  readonly under: string | null;
  readonly look: Look;
  /** The place it happened at, whose clock stands beside mine. */
  readonly place: string | null;
}

type Names = Readonly<Record<string, string>>;
type Teller<Kind extends Event["kind"]> = (
  event: Extract<Event, { kind: Kind }>,
  names: Names,
  now: number,
) => Partial<Told> & { line: string };

type PlaceRef = string | { search: string } | null | undefined;

/** One line for each kind; the compiler asks for every one. */
const tellers: { [Kind in Event["kind"]]: Teller<Kind> } = {
  registered: () => ({ line: "Registered", look: "start" }),
  amended: ({ set }) => ({
    line: "Details changed",
    under: "package" in set ? Object.keys(set.package).map(fieldName).join(", ") : null,
    look: "change",
  }),
  positioned: ({ measured }) => ({
    line: `GPS position ${coordinates(measured.position)}`,
    under: measured.radius_95_m == null ? null : `within ${distance(measured.radius_95_m)}`,
    look: "measure",
  }),
  scanned: ({ place, floor }, names) => ({
    line: `Scanned in ${placeName(place, names) ?? ""}`,
    under: floor ? `Floor ${floor}` : null,
    look: "stop",
    place: placeId(place),
  }),
  picked_up: ({ place }, names) => ({
    line: at("Picked up", place, names),
    look: "start",
    place: placeId(place),
  }),
  departed: ({ from, to, mode, expected_at }, names, now) => {
    const parts = [
      from ? `Left ${placeName(from, names) ?? ""}` : "Left",
      to && `for ${placeName(to, names) ?? ""}`,
      mode && `by ${words.modes[mode].leg}`,
    ];
    return {
      line: parts.filter(Boolean).join(" "),
      under: expected_at ? `Expected there ${moment(expected_at, now)}` : null,
      look: "move",
      place: placeId(from),
    };
  },
  arrived: ({ place }, names) => ({
    line: `Arrived in ${placeName(place, names) ?? ""}`,
    look: "stop",
    place: placeId(place),
  }),
  joined: ({ holder }, names) => ({
    line: `${"container" in holder ? "Put into" : "Taken in at"} ${holderName(holder, names)}`,
    look: "hold",
  }),
  left: ({ holder }, names) => ({
    line: `${"container" in holder ? "Taken out of" : "Handed out at"} ${holderName(holder, names)}`,
    look: "hold",
  }),
  tracker_attached: ({ tracker }, names) => ({
    line: "GPS tracker attached",
    under: names[tracker] ?? tracker,
    look: "measure",
  }),
  tracker_detached: ({ tracker }, names) => ({
    line: "GPS tracker taken off",
    under: names[tracker] ?? tracker,
    look: "measure",
  }),
  cost_added: ({ cost }) => ({
    line: `${words.costs[cost.cost]}: ${money(cost.amount)}`,
    under: words.package.costSource(cost.source),
    look: "money",
  }),
  cost_credited: ({ cost }) => ({
    line: `${words.costs[cost.cost]} credited: ${money(cost.amount)}`,
    under: words.package.costSource(cost.source),
    look: "money",
  }),
  cost_shared: ({ cost }) => ({ line: words.package.costShared(words.costs[cost]), look: "money" }),
  promise_changed: ({ promised }, _, now) => ({
    line: "The carrier promises another time",
    under: promised.last
      ? words.package.promiseBetween(moment(promised.first, now), moment(promised.last, now))
      : moment(promised.first, now),
    look: "change",
  }),
  problem: ({ reason, detail }) => ({
    line: `Problem: ${lower(words.reasons[reason])}`,
    under: detail ?? null,
    look: "bad",
  }),
  solved: ({ detail }) => ({ line: "Problem solved", under: detail ?? null, look: "good" }),
  held: ({ reason, place }, names) => ({
    line: at(`Held: ${lower(words.reasons[reason])}`, place, names),
    look: "bad",
    place: placeId(place),
  }),
  out_for_delivery: ({ from }) => ({
    line: "Out for delivery",
    look: "move",
    place: placeId(from),
  }),
  ready_to_collect: ({ place }, names) => ({
    line: `Ready to collect in ${placeName(place, names) ?? ""}`,
    look: "good",
    place: placeId(place),
  }),
  delivered: ({ place, proof }, names) => ({
    line: at("Delivered", place, names),
    under:
      [
        proof?.received_by && words.package.receivedBy(proof.received_by),
        proof?.left_at && words.package.leftAt(proof.left_at),
      ]
        .filter(Boolean)
        .join(" · ") || null,
    look: "good",
    place: placeId(place),
  }),
  returning: ({ reason }) => ({
    line: reason ? `Coming back: ${lower(words.reasons[reason])}` : "Coming back",
    look: "bad",
  }),
  returned: ({ place }, names) => ({
    line: at("Returned", place, names),
    look: "stop",
    place: placeId(place),
  }),
  lost: () => ({ line: "Nobody knows where it is", look: "bad" }),
  cancelled: () => ({ line: "Cancelled", look: "bad" }),
  photo_added: () => ({ line: "Photo added", look: "text" }),
  note: ({ text }) => ({ line: "Note", under: text ?? words.package.hidden.note, look: "text" }),
  corrected: ({ event }, names, now) => {
    const told = tellEvent(event, names, now);
    return { ...told, line: `Corrected: ${lower(told.line)}`, look: "change" };
  },
  voided: ({ why }) => ({ line: "An entry was undone", under: why ?? null, look: "change" }),
  merged: ({ into }, names) => ({
    line: into ? at("Merged into", into, names) : "A place of its own again",
    look: "change",
  }),
};

/** What happened, as a screen tells it. */
export function tell(entry: HistoryEvent, names: Names, now: number): Told {
  if (entry.event) return tellEvent(entry.event, names, now);
  return { line: words.package.hidden.cost, under: null, look: "money", place: null };
}

function tellEvent(event: Event, names: Names, now: number): Told {
  const teller = tellers[event.kind] as Teller<Event["kind"]>;
  return { under: null, look: "text", place: null, ...teller(event, names, now) };
}

/** What is spoken of by id, or as somebody wrote it. */
export function placeName(place: PlaceRef, names: Names): string | null {
  if (!place) return null;
  return typeof place === "string" ? (names[place] ?? place) : place.search;
}

function placeId(place: PlaceRef): string | null {
  return typeof place === "string" ? place : null;
}

function holderName(holder: { container: string } | { place: PlaceRef }, names: Names): string {
  if ("container" in holder) return names[holder.container] ?? holder.container;
  return placeName(holder.place, names) ?? "";
}

function at(what: string, place: PlaceRef, names: Names): string {
  const name = placeName(place, names);
  return name ? `${what} in ${name}` : what;
}

function fieldName(key: string): string {
  return key.replaceAll("_", " ").replace(/ (kg|mm)$/, "");
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
