// Words of the package page.
import { carrierName } from "../carriers";

/** The ways in which it may have come to us, as the API names them. */
const ways: Readonly<Record<string, string>> = {
  api: "the API",
  bus: "the message queue",
  cli: "the command line",
  demo: "the demo",
  gazetteer: "the list of known places",
  import: "an import",
};

export function wayOf(source: string): string {
  const [, carrier] = /^carrier:(.+)$/.exec(source) ?? [];
  return carrier ? carrierName(carrier) : (ways[source] ?? source);
}

export const packageWords = {
  expect: (at: string, surely: string) => ({
    at,
    surely: `Almost surely by ${surely}`,
    odds: "9 of 10",
  }),
  weExpect: "We expect",
  basis: {
    carrier: "as the carrier says",
    plan: "as the route is planned",
    learned: "as such trips went before",
  },
  promise: "Carrier's promise",
  promiseBy: (last: string) => `by ${last}`,
  promiseBetween: (first: string, last: string) => `${first} to ${last}`,
  late: (span: string) => `${span} late`,
  noExpectation: "Nobody has said when it arrives",
  deliveredAt: "Delivered",
  receivedBy: (who: string) => `Taken by ${who}`,
  leftAt: (where: string) => `Left at ${where}`,
  follow: "Follow",
  following: "Following",
  where: "Where it is",
  whereWas: "Where it was last",
  within: (distance: string) => `within ${distance}`,
  height: (height: string) => `${height} above sea level`,
  headingTo: (place: string) => `On its way to ${place}`,
  aboard: (what: string) => `In ${what}`,
  know: {
    measured: (ago: string) => `GPS ${ago}`,
    scanned: (moment: string) => `Scanned ${moment}`,
    inherited: (holder: string, ago: string) => `From ${holder}, ${ago}`,
    interpolated: "Between two scans",
    predicted: (ago: string) => `Our estimate; we last heard ${ago}`,
  },
  live: "Live",
  noSignal: (span: string) => `No signal for ${span}`,
  coarse: "A private address: shown as the town or region around it",
  nowhere: "Nobody has said yet where it is.",
  doubts: "Not everything we were told agrees",
  chain: "Travelling in",
  steps: {
    registered: "Registered",
    picked_up: "Picked up",
    in_transit: "On its way",
    out_for_delivery: "Out for delivery",
    delivered: "Delivered",
  },
  timeline: "What happened",
  timelineMore: "Show earlier",
  learned: (moment: string) => `We learned ${moment}`,
  there: (clock: string, place: string) => `${clock} in ${place}`,
  source: (source: string, actor: string, me?: string | null) =>
    source !== "api" || !actor.startsWith("usr_")
      ? `from ${wayOf(source)}`
      : actor === me
        ? "entered by you"
        : "entered by a colleague",
  superseded: "Corrected or undone later",
  hidden: {
    cost: "Something about its costs",
    note: "A note that only those who enter data can read",
  },
  correct: "Correct",
  corrected: "Corrected",
  undo: "Undo",
  undoSure: "It did not happen? It stays here crossed out, and what follows from it is taken back.",
  raw: "As it was recorded",
  receipt: "Receipt",
  actor: "By",
  contents: "What is in it",
  serials: "Serial numbers",
  details: "Details",
  facts: {
    client: "Client",
    recipient: "Recipient",
    order: "Order",
    cost_centre: "Cost centre",
    origin: "From",
    destination: "To",
    carrier: "Carrier",
    mode: "Travels",
    pieces: "Pieces",
    weight: "Weight",
    size: "Size",
    declared_value: "Declared value",
    references: "Numbers",
    id: "Id",
  },
  costs: "Shipping cost",
  costsNone: "No cost was recorded.",
  costShared: (kind: string) => `${kind} is part of another package's cost`,
  credited: "credited",
  /** What the form and carriers' invoices name as the source of a cost; else as somebody wrote it. */
  costSource: (source: string) =>
    ({ desk: "entered by hand", invoice: "by invoice" })[source] ?? source,
  total: "Total",
  photos: "Photos",
  addPhoto: "Add a photo",
  photoAdded: "Photo added",
  photoOf: (number: number) => `Photo ${number}`,
  proof: "Proof of delivery",
  signature: "Signature",
  notes: "Notes",
  trust: "Can this be trusted?",
  trustBody:
    "Everything recorded of this package stands in a signed log that nobody can change unseen. Your own browser can check it.",
  check: "Check that nothing was altered",
  checking: "Checking",
  checked: (many: number) => `Nothing was altered: ${many} entries checked`,
  checkWaiting: (many: number) =>
    many === 1
      ? "1 entry is too new to be in the log yet"
      : `${many} entries are too new to be in the log yet`,
  checkWrong: "Something was altered",
  proofFile: "Proof file",
  archived: "Closed long ago",
};
