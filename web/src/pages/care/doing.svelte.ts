// Something that is being done: whether it still is, and why it was not.
import { problemOf, type Problem } from "../../api/client";

export class Doing {
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);

  /** Does it; what it gives, or nothing if it was refused. */
  async run<T>(what: () => Promise<T>): Promise<T | null> {
    this.busy = true;
    this.problem = null;
    try {
      return await what();
    } catch (error) {
      this.problem = await problemOf(error);
      return null;
    } finally {
      this.busy = false;
    }
  }

  forget(): void {
    this.problem = null;
  }
}
