// A list that is fetched page by page, and begins anew when something else is asked.
import { problemOf, type Problem } from "../../api/client";

/** One page of an answer. */
export interface PageOf<T> {
  readonly lines: readonly T[];
  readonly next?: string | null | undefined;
}

type Question<T> = (cursor: string | undefined, signal: AbortSignal) => Promise<PageOf<T>>;

export class Paged<T> {
  lines = $state.raw<readonly T[]>([]);
  next = $state.raw<string | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  /** Whether the first page is here. */
  begun = $state(false);
  #question: Question<T> | null = null;
  #stop = new AbortController();

  /** Asks for the first page; what is shown stays until it comes. */
  async ask(question: Question<T>): Promise<void> {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#question = question;
    await this.#fetch(undefined);
  }

  /** Fetches the page after what is shown. */
  async more(): Promise<void> {
    if (this.next && !this.busy) await this.#fetch(this.next);
  }

  /** Asks for the first page again. */
  async again(): Promise<void> {
    if (this.#question) await this.ask(this.#question);
  }

  /** Shows one line changed without asking for all of them. */
  replace(which: (line: T) => boolean, by: T): void {
    this.lines = this.lines.map((line) => (which(line) ? by : line));
  }

  async #fetch(cursor: string | undefined): Promise<void> {
    const stop = this.#stop;
    const question = this.#question;
    if (!question) return;
    this.busy = true;
    try {
      const page = await question(cursor, stop.signal);
      if (stop.signal.aborted) return;
      this.lines = cursor ? [...this.lines, ...page.lines] : page.lines;
      this.next = page.next ?? null;
      this.problem = null;
      this.begun = true;
    } catch (error) {
      if (!stop.signal.aborted) this.problem = await problemOf(error);
    } finally {
      if (!stop.signal.aborted) this.busy = false;
    }
  }
}
