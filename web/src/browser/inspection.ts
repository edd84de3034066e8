// Checks entries against the log they are said to be in. What is fetched, and what this browser
// remembers of the log, is handed in.
import { Proofs } from "./generated/browser.js";

/** What may be wrong; the words of `audit::inspect`, and of the key. */
export type Why =
  | "other_log"
  | "set_back"
  | "rewritten"
  | "other_key"
  | "unsigned"
  | "no_tile"
  | "other_hash"
  | "other_entry"
  | "unreadable"
  | "other_subject"
  | "other_past"
  | "missing"
  | "twice";

/** An entry as `GET /v1/audit/packages/{id}` tells it. */
export interface Told {
  readonly about: string;
  readonly seq: number;
  readonly index?: number | null;
  readonly hash: string;
  readonly leaf: string;
}

/** What a browser remembers of a log: the key it trusts, and the log as it was. */
export interface Seen {
  readonly key: string;
  readonly checkpoint: string;
}

/** Where the log's files are. */
export interface Log {
  readonly key: string;
  readonly checkpoint: string;
  /** A tile by its path below the log's address; nothing if there is none. */
  tile(path: string): Promise<Uint8Array | null>;
}

export interface Finding {
  /** Whose entry it is; nothing if it is the log itself. */
  readonly about: string | null;
  readonly seq: number | null;
  readonly why: Why;
}

export interface Findings {
  /** How many entries are in the log as they are told. */
  readonly checked: number;
  /** How many are not logged yet. */
  readonly waiting: number;
  readonly wrong: readonly Finding[];
  /** What to remember; nothing if the log is not to be believed. */
  readonly seen: Seen | null;
}

/** Checks everything told of a package. The WebAssembly must be there. */
export async function inspect(
  whole: string,
  entries: readonly Told[],
  log: Log,
  seen: Seen | null,
): Promise<Findings> {
  let proofs: Proofs;
  try {
    proofs = new Proofs(log.key, log.checkpoint, whole);
  } catch {
    return { checked: 0, waiting: 0, wrong: [ofLog("unsigned")], seen: null };
  }
  const wrong: Finding[] = [];
  // A key can be made by anybody: what it signed before says whether it is the log's.
  if (seen && seen.key !== log.key) wrong.push(ofLog("other_key"));
  try {
    if (seen) proofs.remember(seen.key, seen.checkpoint);
  } catch {
    // What this browser kept is damaged: it remembers nothing.
  }
  for (const it of entries) proofs.tell(it.about, it.seq, it.index, it.hash, it.leaf);
  await Promise.all(
    proofs.tiles().map(async (path) => {
      const bytes = await log.tile(path);
      if (bytes) proofs.put(path, bytes);
    }),
  );
  const checked = proofs.check();
  for (const it of proofs.wrong()) {
    const { about, seq, why } = it;
    it.free();
    wrong.push(about === "" ? ofLog(why as Why) : { about, seq, why: why as Why });
  }
  const { waiting } = proofs;
  proofs.free();
  const believed = wrong.every((it) => it.about !== null);
  return { checked, waiting, wrong, seen: believed ? log : seen };
}

function ofLog(why: Why): Finding {
  return { about: null, seq: null, why };
}
