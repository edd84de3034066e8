// Packages that somebody picked out of a list to do something with them. They stay picked while the
// list is searched for others.
import type { PackageLine } from "../../api/client";
import type { Subject } from "../actions/actions";
import { ticked } from "./range";

/** One that can be picked. */
export type Pick = Subject;

/** A line of the list, as it is picked. */
export function pickOf(line: PackageLine): Pick {
  return { id: line.id, name: line.description ?? line.number ?? line.id };
}

export class Selection {
  #picked = $state.raw<ReadonlyMap<string, Pick>>(new Map());
  /** What was ticked last, where a range begins. */
  #last: string | null = null;

  get size(): number {
    return this.#picked.size;
  }

  get all(): readonly Pick[] {
    return [...this.#picked.values()];
  }

  has(id: string): boolean {
    return this.#picked.has(id);
  }

  /** Ticks one of those listed; `range` goes on from the last one that was ticked. */
  tick(id: string, listed: readonly Pick[], range: boolean): void {
    const ids = listed.map((it) => it.id);
    const after = ticked(new Set(this.#picked.keys()), ids, id, range ? this.#last : null);
    this.#last = id;
    this.#become(after, listed);
  }

  /** Picks all of those listed. */
  add(listed: readonly Pick[]): void {
    this.#become(new Set([...this.#picked.keys(), ...listed.map((it) => it.id)]), listed);
  }

  /** Lets go of these, or of all. */
  drop(ids: Iterable<string> = this.#picked.keys()): void {
    const after = new Map(this.#picked);
    for (const id of [...ids]) after.delete(id);
    this.#picked = after;
    if (after.size === 0) this.#last = null;
  }

  #become(ids: ReadonlySet<string>, listed: readonly Pick[]): void {
    const known = new Map([...this.#picked, ...listed.map((it) => [it.id, it] as const)]);
    this.#picked = new Map([...known].filter(([id]) => ids.has(id)));
  }
}
