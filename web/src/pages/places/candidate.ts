// Which place a text names.
import type { Place } from "../../api/client";

/** The known city, airport or port that a text is the whole name or the code of. */
export function namedBy(text: string, places: readonly Place[]): Place | null {
  const wanted = text.trim().toLowerCase();
  const known = places.filter((it) => it.code && it.kind !== "private");
  const named = known.find((it) => {
    const code = it.code?.toLowerCase() ?? "";
    return it.name.toLowerCase() === wanted || code === wanted || code.endsWith(`:${wanted}`);
  });
  return named ?? null;
}
