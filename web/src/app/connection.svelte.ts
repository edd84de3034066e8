// Whether the server can be reached, as far as this browser knows.

class Connection {
  online = $state(navigator.onLine);
  /** Counts up each time the connection is back, so that what depends on it asks again. */
  returns = $state(0);

  constructor() {
    addEventListener("offline", () => this.lost());
    addEventListener("online", () => this.back());
  }

  lost(): void {
    this.online = false;
  }

  back(): void {
    if (this.online) return;
    this.online = true;
    this.returns += 1;
  }
}

export const connection = new Connection();
