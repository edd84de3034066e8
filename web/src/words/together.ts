// What packages are in together, in words: those of an order, or those that a list found.
import type { Order, PackageGroups } from "../api/client";
import { to } from "../app/routes";
import type { Group as OnMap } from "../map/pins";
import { words } from "./en";

type Group = Order["groups"][number];
type Names = Readonly<Record<string, string>>;

/** What holds them, or the way they are on. */
export function together(group: Group, names: Names): { text: string; href: string | null } {
  const name = (id: string | null | undefined): string | null => (id ? (names[id] ?? id) : null);
  const held = group.container ?? group.place;
  if (held) return { text: name(held) ?? held, href: to.subject(held) };
  // One that nothing holds is known by itself.
  if (names[group.one]) return { text: names[group.one] ?? "", href: to.package(group.one) };
  if (!group.mode) return { text: words.order.somewhere, href: null };
  const { leg } = words.modes[group.mode];
  return { text: words.order.leg(leg, name(group.from), name(group.to)), href: null };
}

export function onMap(group: Group, names: Names): OnMap {
  const { text, href } = together(group, names);
  return { one: group.one, packages: group.packages, name: text, href };
}

/** What is found, where it is; a click selects it. `select` makes the address that does. */
export function found(
  { groups, names }: PackageGroups,
  select: (subject: string) => string,
): OnMap[] {
  return groups.map((it) => {
    const { text: name } = together(it, names);
    const subject = it.packages === 1 ? it.one : (it.container ?? it.place ?? it.one);
    const { one, packages, others, lat, lon } = it;
    return { one, packages, others, name, href: select(subject), at: [lat, lon] };
  });
}
