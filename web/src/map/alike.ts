// What something carries, to be read at a glance: what holds more first, then how many of each.
interface Carried {
  readonly id: string;
  readonly name: string;
}

/** Those that are called the same, or are parts of one: "Monitor, 1 of 2". */
export interface Alike {
  readonly name: string;
  readonly ids: readonly string[];
}

export function alike(contents: readonly Carried[]): Alike[] {
  const groups = new Map<string, { name: string; ids: string[] }>();
  for (const { id, name } of contents) {
    const whole = name.replace(/, \d+ of \d+$/, "");
    // Two pallets are two, whatever they are called.
    const key = id.startsWith("ctr_") ? id : whole;
    const group = groups.get(key);
    if (group) group.ids.push(id);
    else groups.set(key, { name: whole, ids: [id] });
  }
  const last = ({ ids }: Alike): number => Number(!ids[0]?.startsWith("ctr_"));
  return [...groups.values()].sort((a, b) => last(a) - last(b) || b.ids.length - a.ids.length);
}
