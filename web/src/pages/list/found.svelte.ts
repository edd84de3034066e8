// The packages that were found so far, and how to get more of them.
import { api, problemOf, type PackageLine, type Problem, the } from "../../api/client";
import { type Filter, queryOf } from "./filter";

const PAGE = 100;
/** A filter that few match makes empty pages; after so many somebody must want more. */
const EMPTY_PAGES_MAX = 5;

export interface Total {
  readonly packages: number;
  readonly more: boolean;
}

export class Found {
  lines = $state.raw<readonly PackageLine[]>([]);
  names = $state.raw<Readonly<Record<string, string>>>({});
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  partial = $state(false);
  /** How many there are, counted so far, and whether there are more. */
  total = $state.raw<Total | null>(null);
  /** Whether this is all there is. */
  whole = $state(false);
  #next: string | null = null;
  #filter: Filter = {};
  #turn = 0;

  /** Looks for something else; what was found stays until the first answer. */
  async search(filter: Filter): Promise<void> {
    this.#filter = filter;
    this.#next = null;
    this.whole = false;
    const turn = ++this.#turn;
    await this.#load(turn, []);
  }

  /** Counts all that there is of what was found: what is wholly loaded is counted already. */
  async count(): Promise<void> {
    const [turn, packages] = [this.#turn, this.lines.length];
    if (this.problem) return;
    if (this.whole) this.total = { packages, more: this.partial };
    else {
      const params = { query: queryOf(this.#filter) };
      const total = await the(api.GET("/v1/packages/count", { params })).catch(() => null);
      if (turn === this.#turn) this.total = total;
    }
  }

  /** Gets the next page, if there is one and nobody gets it already. */
  async more(): Promise<void> {
    if (this.busy || this.whole || this.#next === null) return;
    await this.#load(this.#turn, this.lines);
  }

  /** Asks again for the pages that were found: what is shown stays where it is. */
  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    const many = this.lines.length;
    this.#next = null;
    this.whole = false;
    await this.#load(turn, [], Math.max(1, many));
  }

  async #load(
    turn: number,
    before: readonly PackageLine[],
    wanted = before.length + 1,
  ): Promise<void> {
    this.busy = true;
    try {
      let lines = before;
      for (let empty = 0; empty < EMPTY_PAGES_MAX && lines.length < wanted;) {
        const query = {
          ...queryOf(this.#filter),
          limit: PAGE,
          ...(this.#next ? { cursor: this.#next } : {}),
        };
        const list = await the(api.GET("/v1/packages", { params: { query } }));
        if (turn !== this.#turn) return;
        if (list.packages.length === 0) empty += 1;
        lines = [...lines, ...list.packages];
        this.names = { ...this.names, ...list.names };
        this.partial = list.partial ?? false;
        this.#next = list.next ?? null;
        this.whole = this.#next === null;
        if (this.whole) break;
      }
      this.lines = lines;
      this.problem = null;
    } catch (error) {
      const problem = await problemOf(error);
      if (turn === this.#turn) this.problem = problem;
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }
}
