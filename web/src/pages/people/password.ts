// Passwords that somebody can read out and nobody can guess.

// No letters or digits that look like others; 32 of them, so that each is equally likely.
const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
const GROUPS = 4;
const GROUP = 5;

/** "h7kqw-…": 100 bits of chance. */
export function madeUp(random: (bytes: Uint8Array) => Uint8Array = fromCrypto): string {
  const bytes = random(new Uint8Array(GROUPS * GROUP));
  const letters = Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length] ?? "");
  return Array.from({ length: GROUPS }, (_, nth) =>
    letters.slice(nth * GROUP, (nth + 1) * GROUP).join(""),
  ).join("-");
}

function fromCrypto(bytes: Uint8Array): Uint8Array {
  return crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>);
}
