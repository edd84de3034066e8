// Words of the list of places and of the page of one.
import type { components } from "../../api/schema";

type PlaceKind = components["schemas"]["PlaceKind"];

const kinds: Record<PlaceKind, string> = {
  facility: "Site",
  airport: "Airport",
  port: "Port",
  city: "City",
  country: "Country",
  private: "Home",
};

export const places = {
  kinds,
  /** A kind as the map names it. */
  kindOf: (kind: string): string => (kind in kinds ? kinds[kind as PlaceKind] : ""),
  lead: "Where packages start, stop and end. Every city, airport and port is known already; add what is yours.",
  add: "Add a place",
  find: "Find a place, a city, an airport, a port",
  busy: "Where packages are now",
  busyLead: (many: number) =>
    `${many.toLocaleString()} ${many === 1 ? "place holds" : "places hold"} packages`,
  byName: "By name",
  /** Known by name, but nothing has been there. */
  unused: (named: readonly string[]) =>
    `Known, but no package has been there yet: ${named.map((it) => it.replace(/ \([^()]*\)$/, "")).join("; ")}. A package may name it at any time.`,
  none: "No place is called that",
  noneNext:
    "Names are found by how their words begin; cities, airports and ports by their whole name or code.",
  noneBusy: "No packages are at a place now",
  noneBusyNext: "They are shown here as soon as one arrives somewhere.",
  homeTitle: "Homes stay private",
  homeBody:
    "The exact point and the street address of a home are seen only by those who add and update. Everybody else sees a disc as large as its town, also on the map and in the past. In the audit log there is only a salted digest that can be erased.",
  homeOnly: "Others see only its town",
  private: "Private address",
  packages: (many: number) => `${many.toLocaleString()} ${many === 1 ? "package" : "packages"}`,
  problems: (many: number) => `${many.toLocaleString()} ${many === 1 ? "problem" : "problems"}`,
  // One place.
  here: "What is here",
  nothingHere: "Nothing is here now.",
  hereNow: (many: number) =>
    `${many.toLocaleString()} ${many === 1 ? "package" : "packages"} here now`,
  floors: "Floor by floor",
  floor: (name: string) => `Floor ${name}`,
  above: (height: string) => `${height} above the ground`,
  below: (height: string) => `${height} below the ground`,
  ground: "At the ground",
  noFloor: "Not on a floor",
  emptyFloor: "Nothing is kept here",
  addShelf: "Add a shelf or a room",
  addShelfTitle: "Add a shelf or a room",
  shelfKind: "What it is",
  shelfFloor: "On which floor",
  shelfName: "What people call it",
  shelfNameHint: "A letter or a number is enough: “B” on floor 3 becomes “Floor 3, shelf B”",
  shelfCalled: (floor: string, kind: string, name: string) =>
    floor ? `Floor ${floor}, ${kind.toLowerCase()} ${name}` : `${kind} ${name}`,
  shelfAdded: (name: string) => `${name} is there now`,
  facts: "Where and what it is",
  position: "Position",
  radius: "At this place means",
  radiusIs: (distance: string) => `within ${distance} of its middle`,
  groundHeight: "Ground",
  groundIs: (height: string) => `${height} above sea level`,
  zone: "Time zone",
  code: "Known as",
  country: "Country",
  address: "Street address",
  exact: "Exact point",
  fromHere: "Starting or ending here",
  fromHereNext: "Show all in the list",
  noneFromHere: "No package starts or ends here.",
  also: "Also known as",
  merge: "Merge into another place…",
  mergeTitle: (name: string) => `Merge ${name} into another place`,
  mergeInto: "The place that it is",
  mergeIntoHint: "By any word of its name",
  mergeMissing: "Choose a place from the list",
  mergeDoes: "Merge",
  /** What follows; nothing is chosen at first. */
  mergeFollows: (name: string, into: string | null): readonly string[] => {
    const other = into ?? "the other place";
    return [
      `Everything that is or was at ${name} is shown at ${other}: in lists, on the map and in its past.`,
      `Whoever writes or scans ${name} from now on means ${other}.`,
      "No record is changed. You can separate them again at any time.",
    ];
  },
  merged: (name: string, into: string) => `${name} is now ${into}`,
  isNow: "This place is now",
  isNowBody: (into: string) =>
    `All that is recorded of it is shown at ${into}. What stands here is how it was registered.`,
  goThere: (into: string) => `Go to ${into}`,
  separate: "Separate again",
  separated: (name: string) => `${name} is a place of its own again`,
  edit: "Change",
  editTitle: "Change this place",
  addTitle: "Add a place",
  name: "Name",
  nameHint: "What people call it",
  kind: "What it is",
  near: "Take the point of a city, an airport or a port",
  nearHint: "One that packages have been to, by its whole name or code: Memphis, MEM",
  take: "Take it",
  point: "Latitude and longitude",
  pointHint: "36.1892, -86.6218, as maps copy it; or with N, S, E, W",
  pointWrong: "Write a latitude and a longitude, such as 36.1892, -86.6218",
  radiusField: "Radius in metres",
  groundField: "Height of its ground, metres above sea level",
  zoneField: "Time zone",
  countryField: "Country, two letters",
  addressField: "Street address",
  addressHint: "Personal: seen only by those who add and update",
  exactField: "Exact point of the home",
  exactHint: "Its latitude and longitude; the one above is the middle of its town",
  floorsField: "Floors",
  floorName: "Floor",
  floorAbove: "Metres above the ground",
  addFloor: "Add a floor",
  removeFloor: (name: string) => `Remove floor ${name}`,
  create: "Add",
  added: (name: string) => `${name} is added`,
  changed: (name: string) => `${name} is changed`,
};
