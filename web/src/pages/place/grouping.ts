// What stands at a place beside its floors, by whose it is.
import type { Held } from "../../api/contents";
import type { Standing } from "../../app/standing.svelte";

/** Whose things are one group, or what packages travel in. */
export type Key = "containers" | "none" | "unknown" | (string & {});
const LAST: readonly Key[] = ["none", "unknown"];

export interface Group {
  readonly key: Key;
  readonly held: readonly Held[];
  readonly problems: number;
}

/** What packages travel in first, then whose they are, those with the most first, and last what
 * nobody said or is not known yet. */
export function grouped(contents: readonly Held[], of: (id: string) => Standing | null): Group[] {
  const groups = new Map<Key, { held: Held[]; problems: number }>();
  for (const held of contents) {
    const stands = of(held.id);
    const key = held.id.startsWith("ctr_")
      ? "containers"
      : stands?.is === "package"
        ? (stands.client ?? "none")
        : "unknown";
    const group = groups.get(key) ?? { held: [], problems: 0 };
    group.held.push(held);
    if (stands?.is === "package" && stands.status === "problem") group.problems += 1;
    groups.set(key, group);
  }
  const order = ({ key }: Group): number => (key === "containers" ? -2 : LAST.indexOf(key));
  return [...groups]
    .map(([key, it]) => ({ key, ...it }))
    .sort((a, b) => order(a) - order(b) || b.held.length - a.held.length);
}
