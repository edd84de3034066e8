// What follows for somebody when what they may do changes.
import type { Permission } from "../../api/client";
import { words } from "../../words/en";
import { careWords } from "../../words/en/care";

export const permissions: readonly Permission[] = ["track", "enter", "manage", "audit", "admin"];

/** One sentence for each permission that is given or taken. */
export function consequences(
  name: string,
  before: readonly Permission[],
  after: readonly Permission[],
): string[] {
  return permissions
    .filter((it) => before.includes(it) !== after.includes(it))
    .map((it) =>
      after.includes(it)
        ? careWords.people.will(name, careWords.people.means[it].gives)
        : careWords.people.willNot(name, careWords.people.means[it].takes),
    );
}

/** Permissions in the order in which they are always named. */
export function named(of: readonly Permission[]): string {
  const all = permissions.filter((it) => of.includes(it)).map((it) => words.permissions[it]);
  return all.join(" · ") || careWords.people.nothing;
}
