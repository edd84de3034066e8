// The seam for checking proofs in the browser: until the WebAssembly is built in, nothing checks.

/** Something that does not follow from what was signed. */
export interface Wrong {
  /** The event it is about, when it is about one. */
  readonly event: string | null;
  /** What is wrong with it, as a sentence. */
  readonly says: string;
}

/** What came of checking everything recorded of a package. */
export interface Verdict {
  /** Entries whose bytes and place in the log were checked. */
  readonly checked: number;
  /** Entries that are too new to be in the log. */
  readonly waiting: number;
  readonly wrong: readonly Wrong[];
}

export type VerifyPackage = (id: string) => Promise<Verdict>;

/** Checks in this browser that nothing recorded of a package was altered. */
export const verifyPackage: VerifyPackage | null = null;
