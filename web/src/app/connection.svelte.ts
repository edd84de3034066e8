// Whether the server can be reached, as far as this browser knows.

const FIRST_MS = 1_000;
const LAST_MS = 15_000;

class Connection {
  online = $state(navigator.onLine);
  /** Counts up each time the connection is back, so that what depends on it asks again. */
  returns = $state(0);

  constructor() {
    addEventListener("offline", () => this.lost());
    addEventListener("online", () => this.#wait(0));
    if (!this.online) this.lost();
  }

  lost(): void {
    this.online = false;
    this.#wait(FIRST_MS);
  }

  back(): void {
    clearTimeout(this.#timer);
    if (this.online) return;
    this.online = true;
    this.returns += 1;
  }

  /** A server that starts anew tells nobody: it is asked, ever less often. */
  #wait(pause: number): void {
    clearTimeout(this.#timer);
    const next = Math.min(Math.max(pause, FIRST_MS) * 2, LAST_MS);
    this.#timer = setTimeout(() => {
      fetch("/healthz", { cache: "no-store" }).then(
        (response) => (response.ok ? this.back() : this.#wait(next)),
        () => this.#wait(next),
      );
    }, pause);
  }

  #timer: ReturnType<typeof setTimeout> | undefined;
}

export const connection = new Connection();
