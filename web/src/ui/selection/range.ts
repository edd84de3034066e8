// What is selected after a tick: one more or less, or all from the last tick to this one.

/** The ids that are selected after `id` was ticked. With `from`, everything between the two in the
 * list becomes what `id` becomes; ids that are not in the list stay as they are. */
export function ticked(
  before: ReadonlySet<string>,
  listed: readonly string[],
  id: string,
  from: string | null,
): ReadonlySet<string> {
  const after = new Set(before);
  const on = !before.has(id);
  const start = from === null ? -1 : listed.indexOf(from);
  const end = listed.indexOf(id);
  const range =
    start < 0 || end < 0 ? [id] : listed.slice(Math.min(start, end), Math.max(start, end) + 1);
  for (const it of range) {
    if (on) after.add(it);
    else after.delete(it);
  }
  return after;
}
