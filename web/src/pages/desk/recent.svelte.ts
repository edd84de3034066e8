// What was registered at this desk since the page was opened: the newest first.

export interface Registered {
  readonly id: string;
  readonly number: string;
  readonly what: string;
}

const KEPT_MAX = 200;

class Recent {
  all = $state.raw<readonly Registered[]>([]);

  add(registered: readonly Registered[]): void {
    this.all = [...registered.toReversed(), ...this.all].slice(0, KEPT_MAX);
  }
}

export const recent = new Recent();
