// Words of what is looked after: people, places, clients, trackers, the audit log, the system.
import { audit } from "./audit";
import { clients, containers } from "./clients";
import { people } from "./people";
import { places } from "./places";
import { profile } from "./profile";
import { system } from "./system";
import { trackers } from "./trackers";

export const careWords = {
  care: {
    all: "All of them",
    more: "Show more",
    find: "Find by name",
    none: "Nothing is called that",
    noneNext: "Names are found by how their words begin.",
    name: "Name",
    rename: "Rename",
    saved: "Saved",
    change: "Change",
    close: "Done",
    on: "On a map",
  },
  people,
  places,
  clients,
  containers,
  trackers,
  audit,
  profile,
  system,
};
