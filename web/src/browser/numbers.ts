// Whose number somebody is typing: candidates, never one answer.
import { recognise as recognised } from "./generated/browser.js";
import { load } from "./load";

/** How well a number fits what a carrier's look like. */
export type Fit =
  /** It is one of theirs. */
  | "sure"
  | "likely"
  /** No more than its length fits. */
  | "possible"
  /** It is written like theirs, but its check digit is wrong. */
  | "mistyped"
  /** It begins like theirs. */
  | "unfinished";

export interface Candidate {
  /** The scheme of a reference: `carrier:ups`, `sscc`. */
  readonly scheme: string;
  /** What the format is called. */
  readonly name: string;
  readonly fit: Fit;
  /** How many characters are missing from an unfinished one. */
  readonly missing: number;
}

/** How the scheme of a carrier's numbers begins. */
export const CARRIER = "carrier:";

export type Recognise = (text: string) => Candidate[];

/** What recognises numbers, once the WebAssembly is there: quick enough for every key. */
export async function recogniser(): Promise<Recognise> {
  await load();
  return recognise;
}

/** Carriers that a number may be of, the likeliest first. */
export function recognise(text: string): Candidate[] {
  return recognised(text).map((it) => {
    const { scheme, name, fit, missing } = it;
    it.free();
    return { scheme, name, fit: fit as Fit, missing };
  });
}

/** The one carrier whose number it surely is, as the API names it. */
export function surelyOf(candidates: readonly Candidate[]): string | null {
  const sure = candidates.filter((it) => it.fit === "sure" && it.scheme.startsWith(CARRIER));
  return sure.length === 1 && sure[0] ? sure[0].scheme.slice(CARRIER.length) : null;
}
