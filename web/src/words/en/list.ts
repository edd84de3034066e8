// Words of the list of packages.
import type { components } from "../../api/schema";

import { order } from "./order";

type FoundIn = components["schemas"]["FoundIn"];

const foundIn: Record<FoundIn, string> = {
  reference: "by its number",
  order: "by its order",
  serial: "by a serial number",
  description: "by what it is",
  items: "by what is in it",
  client: "by its client",
  carrier: "by its carrier",
  recipient: "by who gets it",
};

const atLeast = (many: string, more: boolean): string => (more ? `More than ${many}` : many);

export const listWords = {
  search: "Number, order, client, words of what it is",
  presets: {
    all: "All",
    moving: "On its way",
    attention: "Needs attention",
    delivered: "Delivered",
  },
  filters: "Filters",
  filter: { status: "Status", carrier: "Carrier", client: "Client", mode: "Travels by" },
  any: { status: "Any status", carrier: "Any carrier", client: "Any client", mode: "Any way" },
  chips: { status: "Status", carrier: "Carrier", client: "Client", mode: "Travels" },
  carriersHere: "In this list",
  carriersOther: "All others",
  clear: "Clear filters",
  export: "Download CSV",
  exportShort: "CSV",
  rows: "Packages, newest first",
  none: "No package matches",
  noneBody: "Try fewer words or fewer filters. Any number works, or its last four characters.",
  empty: "No packages yet",
  emptyBody: "Register the first one, or import a file.",
  noAttention: "Nothing needs attention",
  noAttentionBody: "Problems, holds, losses, late packages and silent trackers show up here.",
  partial: "That is so common that only some of it was looked through. Say more of it.",
  foundIn,
  archived: "Archive",
  loadingMore: "Loading more",
  more: "Show more",
  further: "Look further back",
  views: { label: "Show as", list: "List", map: "Map" },
  total: (many: number, more: boolean) => atLeast(order.many(many), more),
  needing: (many: number, more: boolean) => atLeast(`${many} to look at`, more),
  to: "to",
  attention: {
    problem: "Problem",
    held: "Held",
    lost: "Lost",
    overdue: "Late",
    silent: "No signal",
  },
};
