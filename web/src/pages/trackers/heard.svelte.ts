// When trackers were heard last: asked once, then told as they report.
import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";

import { api } from "../../api/client";
import { watch } from "../../api/live";
import type { Tracker } from "./tracker";

const AT_ONCE = 4;
/** As many as one stream watches. */
const WATCHED_MAX = 50;

class Heard {
  readonly #seen = new SvelteMap<string, Tracker>();

  of(id: string): Tracker | null {
    return this.#seen.get(id) ?? null;
  }

  put(tracker: Tracker): void {
    this.#seen.set(tracker.id, tracker);
  }

  /** Fetches what is not known of these and follows them until the function returned is called. */
  follow(ids: readonly string[]): () => void {
    // Whoever follows in an effect does not begin anew whenever one is heard.
    const waiting = untrack(() => ids.filter((id) => !this.#seen.has(id)));
    let stopped = false;
    const run = async (): Promise<void> => {
      for (let id = waiting.shift(); id && !stopped; id = waiting.shift()) await this.fetch(id);
    };
    for (let nth = 0; nth < AT_ONCE; nth++) void run();
    const stop = watch(
      { tracker: ids.slice(0, WATCHED_MAX) },
      {
        fix: (fix) => {
          const known = this.#seen.get(fix.tracker);
          if (!known) return;
          const latest = fix.coarse ? known.latest : { at: fix.at, measured: fix.measured };
          this.#seen.set(fix.tracker, {
            ...known,
            heard_at: new Date().toISOString(),
            latest: latest ?? null,
          });
        },
      },
    );
    return () => {
      stopped = true;
      stop();
    };
  }

  async fetch(id: string): Promise<void> {
    const params = { path: { tracker: id } };
    const { data } = await api.GET("/v1/trackers/{tracker}", { params }).catch(() => ({
      data: undefined,
    }));
    if (data) this.#seen.set(id, data);
  }
}

export const heard = new Heard();
