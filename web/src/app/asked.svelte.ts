// An answer that is asked for, shown while it is asked for anew, and told when it fails.
import { problemOf, type Problem } from "../api/client";

export class Asked<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  #turn = 0;

  /** Asks; of answers that overtake each other only the last question's counts. */
  async ask(question: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#stop.abort();
    this.#stop = new AbortController();
    const turn = ++this.#turn;
    this.busy = true;
    try {
      const value = await question(this.#stop.signal);
      if (turn !== this.#turn) return;
      this.value = value;
      this.problem = null;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.problem = await problemOf(error);
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }

  /** Forgets what was answered, before something else is asked. */
  forget(): void {
    this.value = null;
    this.problem = null;
  }

  #stop = new AbortController();
}
