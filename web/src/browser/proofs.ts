// Checks in this browser that nothing recorded of a package was altered.
import { api, Refused, the } from "../api/client";
import { proofs as says } from "../words/en/proofs";
import { inspect, type Seen, type Told } from "./inspection";
import { load } from "./load";

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

const REMEMBERED = "whereabouts.log";

/**
 * Every entry is hashed again, found in the log by its tiles, and compared with the one before
 * it; the log must have grown from what this browser saw before.
 */
export const verifyPackage: VerifyPackage = async (id) => {
  const [, key, entries] = await Promise.all([load(), file("vkey"), entriesOf(id)]);
  // After the entries: what was logged by then is in it.
  const checkpoint = await file("checkpoint");
  const log = { key: key.trim(), checkpoint, tile };
  const found = await inspect(id, entries, log, remembered());
  if (found.seen) remember(found.seen);
  const wrong = found.wrong.map((it) => {
    const entry = entries.find(({ about, seq }) => about === it.about && seq === it.seq);
    return { event: entry ? eventOf(entry.leaf) : null, says: says[it.why] };
  });
  return { checked: found.checked, waiting: found.waiting, wrong };
};

async function entriesOf(id: string): Promise<Told[]> {
  const entries: Told[] = [];
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? {} : { cursor };
    const page = await the(
      api.GET("/v1/audit/packages/{package}", { params: { path: { package: id }, query } }),
    );
    entries.push(...page.entries);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return entries;
}

async function file(path: string): Promise<string> {
  return (await fetched(path)).text();
}

async function tile(path: string): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await (await fetched(path)).arrayBuffer());
  } catch (why) {
    if (why instanceof Refused && why.problem.status === 404) return null;
    throw why;
  }
}

async function fetched(path: string): Promise<Response> {
  const response = await fetch(`/v1/log/${path}`);
  if (response.ok) return response;
  throw new Refused({ type: "about:blank", status: response.status, title: response.statusText });
}

/** The id of the event that a leaf tells. */
function eventOf(leaf: string): string | null {
  try {
    const told: unknown = JSON.parse(leaf);
    const named = typeof told === "object" && told !== null && "id" in told ? told.id : null;
    return typeof named === "string" ? named : null;
  } catch {
    return null;
  }
}

function remembered(): Seen | null {
  try {
    const it: unknown = JSON.parse(localStorage.getItem(REMEMBERED) ?? "null");
    if (typeof it !== "object" || it === null || !("key" in it) || !("checkpoint" in it)) {
      return null;
    }
    const { key, checkpoint } = it;
    return typeof key === "string" && typeof checkpoint === "string" ? { key, checkpoint } : null;
  } catch {
    return null;
  }
}

function remember({ key, checkpoint }: Seen): void {
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify({ key, checkpoint }));
  } catch {
    // A browser that keeps nothing checks as well, but cannot see that a log was set back.
  }
}
