// Words of the clients page and of the page of what packages travel in.
import { containerKinds } from "./kinds";

export const clients = {
  lead: "Whose goods the packages are.",
  add: "Add a client",
  find: "Find by name",
  none: "No clients yet",
  noneNext:
    "A client is whose goods are shipped. Add one here, or name it when a package is entered.",
  hint: "Choose a client to see its packages.",
  packages: "Its packages",
  newest: "The newest first",
  noPackages: "No package is known to be theirs.",
  allPackages: "Show all in the list",
  added: (name: string) => `${name} is added`,
  rename: "Rename",
  renameTitle: "Rename this client",
  renameFollows: "Every package of theirs shows the new name; the old one stays in the audit log.",
};

export const containers = {
  kinds: containerKinds,
  contents: "Contains",
  contentsLead: (many: number, more: boolean) =>
    `${many.toLocaleString()}${more ? "+" : ""} ${many === 1 ? "thing" : "things"}, directly`,
  empty: "Nothing is in it.",
  in: "Travelling in",
  at: "At",
  towards: "On the way to",
  alone: "Nothing holds it",
  tracker: "GPS tracker",
  noTracker: "None",
  lastSeen: "Last seen at",
  numbers: "Numbers",
  left: "Left",
  leftFor: "Left for",
  /** Between where it left and where it goes. */
  bound: "for",
  since: (when: string) => `since ${when}`,
  putIn: "Put something in",
  putInTitle: (name: string) => `Put something into ${name}`,
  putInField: "Any number of a package, or the id of a container",
  putInDoes: "Put in",
  putInDone: (name: string) => `It is in ${name} now`,
  takeOut: "Take out",
  takeOutDone: (name: string) => `${name} is out`,
  unload: "Unload all",
  unloadTitle: (name: string) => `Unload ${name}?`,
  unloadFollows: (many: number | null, place: string | null) => [
    many === null
      ? "Everything in it is taken out, now."
      : `${many.toLocaleString()} ${many === 1 ? "thing is" : "things are"} taken out, now.`,
    place ? `Each is then at ${place}.` : "Each then stands by itself, where this was last.",
  ],
  move: "Move everything",
  moveTitle: (name: string) => `Move everything out of ${name}`,
  moveField: "Into which: its id, or its address here",
  moveFollows: (many: number) =>
    `${many.toLocaleString()} ${many === 1 ? "thing goes" : "things go"} into it, now.`,
  moveDoes: "Move",
  moved: (done: number) => `${done.toLocaleString()} moved`,
  unloaded: (done: number) => `${done.toLocaleString()} unloaded`,
  refused: (many: number) =>
    `${many.toLocaleString()} could not be recorded; they stay where they were.`,
  attach: "Attach a GPS tracker",
  attachTitle: "Attach a GPS tracker",
  attachFind: "Find a tracker by its name",
  attachDone: (name: string) => `${name} travels with it now`,
  detach: "Detach",
  detachDone: "It travels without a GPS tracker now",
  rename: "Rename",
  history: "What happened",
  changed: "Somebody changed this in the meantime. Look at it as it is now, and try again.",
  notOne: "This is no id of a container. An id begins with ctr_.",
};
