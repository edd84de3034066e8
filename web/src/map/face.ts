// What the map is told by whatever it stands beside, and what it tells back.

import type { Chosen } from "./chosen.svelte";
import type { Narrowed } from "./fleet";
import type { Crowd, Holder } from "./holders";
import type { Group } from "./pins";
import type { Theme } from "./palette";
import type { Colouring } from "./marks";
import type { Camera } from "./surface";

/** What a map beside something shows. */
export type About =
  /** Everything there is, as on the home page. */
  | { is: "everything" }
  /** The packages of a list: narrowed as tiles know it, or groups of what was found and of which
   * question they are: of another one they are framed. */
  | { is: "list"; narrowed: Narrowed; groups: readonly Group[] | null; of: string }
  /** One package with its track and the profile of its height. */
  | { is: "package"; id: string }
  /** The packages of an order, by where they are together. */
  | { is: "order"; groups: readonly Group[] }
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
  /** Too small for a card: it neither shows something by itself nor says what is chosen. */
  small?: boolean;
  /** Shown instead of what it is about: nothing is to be seen before it. */
  alone?: boolean;
}

/** What the pointer is over, and where that is on the screen. */
export interface Pointed {
  readonly holder: Holder | null;
  readonly crowd: Crowd | null;
  readonly x: number;
  readonly y: number;
}

export interface Begin {
  readonly camera: Camera;
  readonly theme: Theme;
  readonly flat: boolean;
  readonly colouring: Colouring;
  readonly at: number | null;
  readonly calm: boolean;
  /** Drawn by the processor: less is drawn. */
  readonly plain: boolean;
  /** Which packages are shown; those on their way when missing. */
  readonly narrowed?: Narrowed;
}

export interface Heard {
  readonly settled: () => void;
  readonly touched: () => void;
  readonly picked: (chosen: Chosen | null) => void;
}
