// Short news of what somebody did, said once and gone; what can be undone stays a little longer.

/** What can still be done about it. */
export interface Offer {
  readonly label: string;
  readonly run: () => void;
}

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: "good" | "bad";
  readonly offer: Offer | null;
}

const SHOWN_MS = 5000;
const OFFERED_MS = 20_000;

class Toasts {
  all = $state.raw<readonly Toast[]>([]);
  #next = 0;

  say(text: string, kind: Toast["kind"] = "good"): void {
    this.#show({ id: ++this.#next, text, kind, offer: null }, SHOWN_MS);
  }

  /** Says it with what can be done about it, which is done once. */
  offer(text: string, offer: Offer): void {
    const id = ++this.#next;
    const run = (): void => {
      this.dismiss(id);
      offer.run();
    };
    this.#show({ id, text, kind: "good", offer: { ...offer, run } }, OFFERED_MS);
  }

  dismiss(id: number): void {
    this.all = this.all.filter((it) => it.id !== id);
  }

  #show(toast: Toast, shown_ms: number): void {
    // The same said again is said once.
    const others = this.all.filter((it) => it.text !== toast.text || it.offer !== null);
    this.all = [...others, toast];
    setTimeout(() => this.dismiss(toast.id), shown_ms);
  }
}

export const toasts = new Toasts();
