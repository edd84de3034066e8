// Everything a screen knows of one package, kept true by what happens to it.
import {
  api,
  type History,
  type HistoryEvent,
  type Package,
  problemOf,
  type Problem,
  the,
  type Whereabouts,
} from "../../api/client";
import { watch } from "../../api/live";
import { HISTORY_PAGE } from "../../app/routes";

/** What moves is asked for again: between two measurements it is somewhere else. */
const MOVED_MS = 10_000;
const SOON_MS = 400;

export class OnePackage {
  pkg = $state.raw<Package | null>(null);
  where = $state.raw<Whereabouts | null>(null);
  events = $state.raw<readonly HistoryEvent[]>([]);
  names = $state.raw<Readonly<Record<string, string>>>({});
  problem = $state.raw<Problem | null>(null);
  /** Earlier events that were not asked for yet. */
  earlier = $state<string | null>(null);
  /** Whether news come as they happen. */
  live = $state(false);
  #soon: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly asked: string) {}

  /** Loads it and follows it until the function that is returned is called. */
  follow(): () => void {
    let stop: () => void = () => undefined;
    let over = false;
    void this.load().then(() => {
      const id = this.pkg?.id;
      if (!id || over) return;
      stop = watch(
        { package: [id] },
        {
          changed: () => this.#loadSoon(),
          carried: () => this.#loadSoon(),
          fix: () => void this.#locate(),
          anew: () => this.#loadSoon(),
        },
      );
      this.live = true;
    });
    const timer = setInterval(() => {
      const moves = this.where && !this.where.place && !this.pkg?.delivered_at;
      if (moves && !document.hidden) void this.#locate();
    }, MOVED_MS);
    return () => {
      over = true;
      stop();
      clearInterval(timer);
      clearTimeout(this.#soon);
    };
  }

  async load(): Promise<void> {
    try {
      const path = { package: this.asked };
      const [pkg, history] = await Promise.all([
        the(api.GET("/v1/packages/{package}", { params: { path } })),
        the(
          api.GET("/v1/packages/{package}/history", {
            params: { path, query: { limit: HISTORY_PAGE } },
          }),
        ),
        this.#locate(),
      ]);
      this.pkg = renewed(this.pkg, pkg);
      this.#name({ ...pkg.names, ...history.names });
      this.events = renewed(this.events, history.events);
      this.earlier = history.next ?? null;
      this.problem = null;
    } catch (error) {
      const problem = await problemOf(error);
      // What was shown stays: it is what we last knew.
      if (!this.pkg || problem.status !== 0) this.problem = problem;
    }
  }

  /** Gets the events before those that are shown. */
  async loadEarlier(): Promise<void> {
    if (!this.earlier) return;
    const params = {
      path: { package: this.asked },
      query: { limit: HISTORY_PAGE, cursor: this.earlier },
    };
    const history: History = await the(api.GET("/v1/packages/{package}/history", { params }));
    this.#name(history.names);
    this.events = [...this.events, ...history.events];
    this.earlier = history.next ?? null;
  }

  async #locate(): Promise<void> {
    try {
      const params = { path: { package: this.asked } };
      const { data, response } = await api.GET("/v1/packages/{package}/whereabouts", { params });
      if (data) {
        this.where = renewed(this.where, data);
        this.#name(data.names);
      } else if (response.status === 404) this.where = null;
    } catch {
      // Where it was last known to be stays on the screen; the frame says that we are cut off.
    }
  }

  #name(names: Readonly<Record<string, string>>): void {
    this.names = renewed(this.names, { ...this.names, ...names });
  }

  #loadSoon(): void {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => void this.load(), SOON_MS);
  }
}

/** The same as before where nothing changed, so that nothing is shown anew. */
function renewed<T>(before: T, after: T): T {
  return JSON.stringify(before) === JSON.stringify(after) ? before : after;
}
