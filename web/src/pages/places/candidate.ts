// What a text may mean, as the server lists it: "Potsdam, Brandenburg, DE (city:2852458)".

/** The code that names only this one. */
export function codeOf(candidate: string): string | null {
  return /\(([a-z]+:[^()\s]+)\)\s*$/.exec(candidate)?.[1] ?? null;
}
