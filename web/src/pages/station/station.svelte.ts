// A station at work: scans are kept with their own time until the server has them, sent together,
// and told apart by what it says.
import { api, onceKey, problemOf, the } from "../../api/client";
import { type EventAbout, undoing } from "../../api/events";
import { connection } from "../../app/connection.svelte";
import { asObject, asText, asTexts, keep, kept } from "../../app/kept";
import { Abouts } from "./abouts.svelte";
import { Counting } from "./counting.svelte";
import { play } from "./sound";
import { eventsOf, isReady, readScans, readSetup, type Scan, settled, type Setup } from "./work";

const SETUP_KEPT_AS = "station.setup";
const SCANS_KEPT_AS = "station.scans";
const SENT_KEPT_AS = "station.sent";
/** Scans that are shown; what waits is kept whatever its number. */
const SHOWN_MAX = 200;
/** Scans that are sent together. */
const TOGETHER_MAX = 100;
const RETRY_MS = 4000;

/** What the last scan came to, for everybody to see. */
export interface Flash {
  readonly tone: "good" | "bad" | "kept";
  readonly scan: Scan;
  readonly turn: number;
}

/** Scans that were sent together, and the key that makes sending them again safe. */
interface Sent {
  readonly key: ReturnType<typeof onceKey>;
  readonly scans: readonly Scan[];
}

export class Station {
  setup = $state.raw<Setup | null>(kept(SETUP_KEPT_AS, readSetup));
  /** The newest first. */
  scans = $state.raw<readonly Scan[]>([]);
  waiting = $state.raw<readonly Scan[]>(kept(SCANS_KEPT_AS, readScans) ?? []);
  unknown = $state.raw<readonly Scan[]>([]);
  flash = $state.raw<Flash | null>(null);
  done = $state(0);
  counting = new Counting();
  readonly abouts = new Abouts();
  #turn = 0;
  #sending = false;
  /** Names what is sent, so that sending it once more is known. */
  #sent: Sent | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.scans = this.waiting.toReversed().slice(0, SHOWN_MAX);
    this.#sent = kept(SENT_KEPT_AS, (value) => sentOf(value, this.waiting));
  }

  /** Sends what waits from a visit before. */
  begin(): () => void {
    void this.send();
    return () => clearTimeout(this.#retry);
  }

  change(setup: Setup): void {
    this.setup = setup;
    keep(SETUP_KEPT_AS, setup);
  }

  /** Takes a scan. It is recorded whatever happens to the connection. */
  scan(number: string): void {
    const { setup } = this;
    if (!setup || !isReady(setup)) return;
    const at = new Date().toISOString();
    const before = this.scans.find(
      (it) => it.number === number && it.mode === setup.mode && it.state !== "undone",
    );
    const scan: Scan = {
      id: crypto.randomUUID(),
      number,
      at,
      mode: setup.mode,
      events: eventsOf(setup, { number, at }),
      state: "waiting",
      subject: null,
      recorded: [],
      says: null,
    };
    if (before && (before.state === "good" || before.state === "waiting")) {
      const again: Scan = { ...scan, state: "again", subject: before.subject };
      this.#show(again);
      // What was scanned before somebody began to count is there all the same.
      if (before.state === "good") this.counting.count(again);
      this.#tell("kept", again);
      return;
    }
    this.#show(scan);
    this.waiting = [...this.waiting, scan];
    this.#keepWaiting();
    if (!connection.online) this.#tell("kept", scan);
    void this.send();
  }

  /** Sends what waits, all that came meanwhile together. */
  async send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    clearTimeout(this.#retry);
    try {
      while (this.waiting.length > 0) {
        const sent = this.#sent ?? this.#take();
        const body: EventAbout[] = sent.scans.flatMap((it) => it.events);
        const params = { header: sent.key };
        const { results } = await the(api.POST("/v1/events", { params, body }));
        this.#forgetSent();
        let at = 0;
        const after = sent.scans.map((scan) => {
          const own = results.slice(at, at + scan.events.length);
          at += scan.events.length;
          return settled(scan, own);
        });
        this.#settle(after);
      }
    } catch (error) {
      await this.#notSent(error);
    } finally {
      this.#sending = false;
    }
  }

  /** The last scan that counts. */
  get last(): Scan | undefined {
    return this.scans.find((it) => it.state === "good" || it.state === "waiting");
  }

  /** Takes it back. Says whether there was one. */
  async undo(): Promise<"undone" | "nothing" | "failed"> {
    const { last } = this;
    if (!last) return "nothing";
    if (last.state === "waiting") {
      // What is on its way is undone once it has arrived.
      if (this.#sent?.scans.some((it) => it.id === last.id)) return "failed";
      this.waiting = this.waiting.filter((it) => it.id !== last.id);
      this.#keepWaiting();
    } else {
      const body = undoing(
        { subject: last.subject ?? last.number, events: last.recorded },
        new Date().toISOString(),
      );
      try {
        const params = { header: onceKey() };
        const { refused } = await the(api.POST("/v1/events", { params, body }));
        if (refused > 0) return "failed";
      } catch {
        return "failed";
      }
      this.done -= 1;
      this.counting.uncount(last);
    }
    this.#replace({ ...last, state: "undone" });
    if (this.flash?.scan.id === last.id) this.flash = null;
    return "undone";
  }

  /** What was unknown is registered now: its scan counts, with the time it was scanned. */
  registered(scan: Scan): void {
    this.leaveOut(scan);
    const again: Scan = { ...scan, state: "waiting", says: null };
    this.#replace(again);
    this.waiting = [...this.waiting, again];
    this.#keepWaiting();
    void this.send();
  }

  leaveOut(scan: Scan): void {
    this.unknown = this.unknown.filter((it) => it.id !== scan.id);
  }

  mute(muted: boolean): void {
    if (this.setup) this.change({ ...this.setup, muted });
  }

  /** What is sent next, remembered so that a page that is closed meanwhile sends the same again. */
  #take(): Sent {
    const sent = { key: onceKey(), scans: this.waiting.slice(0, TOGETHER_MAX) };
    this.#sent = sent;
    keep(SENT_KEPT_AS, {
      key: sent.key["Idempotency-Key"],
      ids: sent.scans.map((it) => it.id),
    });
    return sent;
  }

  #forgetSent(): void {
    this.#sent = null;
    keep(SENT_KEPT_AS, null);
  }

  #settle(after: readonly Scan[]): void {
    const ids = new Set(after.map((it) => it.id));
    this.waiting = this.waiting.filter((it) => !ids.has(it.id));
    this.#keepWaiting();
    for (const scan of after) {
      this.#replace(scan);
      if (scan.state === "good") {
        this.done += 1;
        const expected = this.counting.count(scan);
        this.#tell(expected ? "good" : "bad", scan);
      } else {
        if (scan.state === "unknown") this.unknown = [...this.unknown, scan];
        this.#tell("bad", scan);
      }
    }
    const good = after.filter((it) => it.state === "good");
    if (this.setup) this.abouts.learn(good, this.setup.place);
  }

  async #notSent(error: unknown): Promise<void> {
    const problem = await problemOf(error);
    if (
      problem.status >= 400 &&
      problem.status < 500 &&
      problem.status !== 429 &&
      problem.status !== 401
    ) {
      // Sending the same again would be refused again: each says so, and nothing blocks the rest.
      const scans = this.#sent?.scans ?? [];
      this.#forgetSent();
      const says = problem.detail ?? problem.title;
      this.#settle(scans.map((it) => ({ ...it, state: "refused" as const, says })));
    }
    if (this.waiting.length > 0) this.#retry = setTimeout(() => void this.send(), RETRY_MS);
  }

  #show(scan: Scan): void {
    this.scans = [scan, ...this.scans].slice(0, SHOWN_MAX);
  }

  #replace(scan: Scan): void {
    this.scans = this.scans.map((it) => (it.id === scan.id ? scan : it));
  }

  #tell(tone: Flash["tone"], scan: Scan): void {
    this.#turn += 1;
    this.flash = { tone, scan, turn: this.#turn };
    if (!this.setup?.muted) play(tone);
  }

  #keepWaiting(): void {
    keep(SCANS_KEPT_AS, this.waiting.length > 0 ? this.waiting : null);
  }
}

function sentOf(value: unknown, waiting: readonly Scan[]): Sent | null {
  const found = asObject(value);
  const key = asText(found?.["key"]);
  const ids = asTexts(found?.["ids"]);
  const scans = ids.flatMap((id) => waiting.filter((it) => it.id === id));
  return key && scans.length === ids.length && scans.length > 0
    ? { key: { "Idempotency-Key": key }, scans }
    : null;
}
