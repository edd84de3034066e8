// Cuts a text into what was searched for and what was not.

export interface Part {
  readonly text: string;
  readonly found: boolean;
}

const TERM_LEN_MIN = 2;

/** The parts of a text in order; numbers are found by their ends too, whatever their case. */
export function parts(text: string, query: string): readonly Part[] {
  const terms = query
    .toLowerCase()
    .split(/\s+/)
    .filter((it) => it.length >= TERM_LEN_MIN)
    .sort((a, b) => b.length - a.length);
  if (terms.length === 0) return [{ text, found: false }];
  const pattern = new RegExp(`(${terms.map(escaped).join("|")})`, "giu");
  return text
    .split(pattern)
    .filter((it) => it !== "")
    .map((it) => ({ text: it, found: terms.includes(it.toLowerCase()) }));
}

function escaped(term: string): string {
  return term.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
