// What the map is told by whatever it stands beside, and what it tells back.

/** What a map beside something shows. */
export type About =
  /** Everything there is, as on the home page. */
  | { is: "everything" }
  /** The packages of a list, by the filters of its address. */
  | { is: "list"; filter: Readonly<Record<string, string>> }
  /** One package with its track and the profile of its height. */
  | { is: "package"; id: string }
  /** The packages of an order, by where they are together. */
  | { is: "order"; order: string }
  /** What packages travel in. */
  | { is: "container"; id: string }
  /** A place with its floors. */
  | { is: "place"; id: string };

export interface Beside {
  about: About;
  /** The subject that is selected beside it. */
  selected?: string | null;
  /** Somebody chose a subject on the map, or nothing. */
  onpick?: (subject: string | null) => void;
}
