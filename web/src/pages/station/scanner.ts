// Telling a scanner from typing: a scanner types a whole number within moments and presses Enter.

/** A scanner's signs follow each other within so many milliseconds; nobody types that fast. */
export const BETWEEN_SIGNS_MS = 45;
/** Outside a field nothing else is typed: there, people may take their time. */
const BETWEEN_KEYS_MS = 2000;
/** What is shorter was typed. */
export const NUMBER_MIN = 4;

/** What to do with a key. */
export type Verdict =
  /** It is nobody's business. */
  | { readonly is: "typed" }
  /** It may be of a scan; nothing to be done yet. */
  | { readonly is: "going-on" }
  /** It ended a scan: its text, and how many of its signs went into whatever has the focus. */
  | { readonly is: "scan"; readonly text: string };

/** Listens to keys; told of each with its time, it says when a scan is whole. */
export class Scanner {
  #text = "";
  #last_ms = -Infinity;

  key(key: string, at_ms: number, inField = true): Verdict {
    const gap = at_ms - this.#last_ms;
    const between = inField ? BETWEEN_SIGNS_MS : BETWEEN_KEYS_MS;
    this.#last_ms = at_ms;
    if (key === "Enter" || key === "Tab") {
      const text = this.#text.trim();
      const scanned = gap <= between * 3 && text.length >= NUMBER_MIN;
      this.forget();
      return scanned ? { is: "scan", text } : { is: "typed" };
    }
    // Shift and its kind come between the signs of capital letters.
    if (key.length !== 1) return { is: "going-on" };
    if (gap > between) this.forget();
    this.#text += key;
    return { is: this.#text.length > 1 ? "going-on" : "typed" };
  }

  /** What was typed so far belongs to no scan. */
  forget(): void {
    this.#text = "";
  }

  /** How many signs the scan has so far: as many have gone into a field with the focus. */
  get length(): number {
    return this.#text.length;
  }
}

/** The number in what was scanned: our own labels say the address of the package's page. */
export function numberIn(scanned: string): string {
  const text = scanned.trim();
  const own = /\/(?:packages|containers)\/([^/?#\s]+)\/?$/.exec(text);
  if (!own) return text;
  try {
    return decodeURIComponent(own[1] ?? text);
  } catch {
    return text;
  }
}
