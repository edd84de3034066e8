// Short news of what somebody did, said once and gone.

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: "good" | "bad";
}

const SHOWN_MS = 5000;

class Toasts {
  all = $state.raw<readonly Toast[]>([]);
  #next = 0;

  say(text: string, kind: Toast["kind"] = "good"): void {
    const id = ++this.#next;
    this.all = [...this.all, { id, text, kind }];
    setTimeout(() => this.dismiss(id), SHOWN_MS);
  }

  dismiss(id: number): void {
    this.all = this.all.filter((it) => it.id !== id);
  }
}

export const toasts = new Toasts();
