// Recording the same of one package or of many: sent together, told for each, taken back whole.
import { api, onceKey, problemOf, the } from "../../api/client";
import { type EventAbout, recordEvents, type Recorded, undoing, why } from "../../api/events";
import { words } from "../../words/en";
import { type Action, eventsOf, needsContainer, type Said, type Subject } from "./actions";

const AT_ONCE = 6;

/** What was not recorded, and why. */
export interface Refusal {
  readonly subject: Subject;
  readonly says: string;
}

export interface Outcome {
  readonly recorded: readonly Recorded[];
  readonly refused: readonly Refusal[];
}

/** What holds each package, or why that is not known. */
type Holders = ReadonlyMap<string, { container: string | null; problem: string | null }>;

/** What was last sent: the same again is the same request, so nothing is recorded twice. */
interface Sent {
  readonly what: string;
  readonly key: ReturnType<typeof onceKey>;
  readonly holders: Holders;
}

export class Recording {
  #sent: Sent | null = null;

  /** Records it of all of them. Throws when nobody answered: whether it was recorded is not known
   * then, and recording the same again is safe. */
  async record(
    action: Action,
    said: Said,
    subjects: readonly Subject[],
    now: Date,
  ): Promise<Outcome> {
    const sent = await this.#prepare(action, said, subjects);
    const events: EventAbout[] = [];
    const sending: { subject: Subject; many: number }[] = [];
    const refused: Refusal[] = [];
    for (const subject of subjects) {
      const held = sent.holders.get(subject.id);
      const given = { now, line: sent.key["Idempotency-Key"], container: held?.container ?? null };
      const own = eventsOf(action, said, given) ?? [];
      if (own.length === 0) {
        refused.push({ subject, says: held?.problem ?? words.actions.inNothing });
        continue;
      }
      sending.push({ subject, many: own.length });
      events.push(...own.map((event) => ({ subject: subject.id, event })));
    }
    const results = events.length > 0 ? await recordEvents(events, sent.key) : [];
    this.#sent = null;
    const recorded: Recorded[] = [];
    let at = 0;
    for (const { subject, many } of sending) {
      const own = results.slice(at, (at += many));
      const problem = own.find((it) => it.problem)?.problem;
      if (problem) refused.push({ subject, says: why(problem) });
      const ids = own.flatMap((it) => (it.receipt ? [it.receipt.event] : []));
      if (ids.length > 0) recorded.push({ subject: subject.id, events: ids });
    }
    return { recorded, refused };
  }

  async #prepare(action: Action, said: Said, subjects: readonly Subject[]): Promise<Sent> {
    const what = JSON.stringify([action, said, subjects.map((it) => it.id)]);
    if (this.#sent?.what !== what) {
      const holders: Holders = needsContainer(action, said) ? await holdersOf(subjects) : new Map();
      this.#sent = { what, key: onceKey(), holders };
    }
    return this.#sent;
  }
}

/** Takes back what was recorded; how many of it stays. */
export async function takeBack(recorded: readonly Recorded[]): Promise<number> {
  const at = new Date().toISOString();
  const results = await recordEvents(
    recorded.flatMap((it) => undoing(it, at)),
    onceKey(),
  );
  return results.filter((it) => it.problem).length;
}

async function holdersOf(subjects: readonly Subject[]): Promise<Holders> {
  const found = new Map<string, { container: string | null; problem: string | null }>();
  const waiting = subjects.values();
  const next = async (): Promise<void> => {
    for (const { id } of waiting) {
      try {
        const params = { path: { package: id } };
        const { holder } = await the(api.GET("/v1/packages/{package}", { params }));
        found.set(id, { container: holder?.container ?? null, problem: null });
      } catch (error) {
        const problem = await problemOf(error);
        if (problem.status === 0) throw error;
        found.set(id, { container: null, problem: why(problem) });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return found;
}
