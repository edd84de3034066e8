// What is known of packages that were scanned, looked up after each scan was recorded and never
// before the next one: the newest first, as that is the one somebody looks at.
import { SvelteMap } from "svelte/reactivity";

import { api, the } from "../../api/client";
import { type About, aboutOf } from "./about";
import type { Named, Scan } from "./work";

/** What happened of late: an open problem is among it, however long the history. */
const LATE = 20;
const AT_ONCE = 2;

export class Abouts {
  readonly #known = new SvelteMap<string, About>();
  #waiting: { scan: Scan; here: Named }[] = [];
  #running = 0;

  of(scan: Scan): About | undefined {
    return this.#known.get(scan.id);
  }

  /** Looks up what was scanned. */
  learn(scans: readonly Scan[], here: Named): void {
    this.#waiting.push(...scans.map((scan) => ({ scan, here })));
    while (this.#running < AT_ONCE && this.#waiting.length > 0) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running += 1;
    for (let it = this.#waiting.pop(); it; it = this.#waiting.pop()) {
      const { scan, here } = it;
      // Without it the scan counts all the same.
      const about = await look(scan, here).catch(() => null);
      if (about) this.#known.set(scan.id, about);
    }
    this.#running -= 1;
  }
}

async function look(scan: Scan, here: Named): Promise<About> {
  const path = { package: scan.subject ?? scan.number };
  const found = await the(api.GET("/v1/packages/{package}", { params: { path } }));
  // Of what was only registered before there is nothing more to know.
  if (found.events <= scan.recorded.length + 1) return aboutOf(scan, here, found, []);
  const params = { path, query: { limit: LATE } };
  const history = await the(api.GET("/v1/packages/{package}/history", { params }));
  // A place that it passes on its way is named by what happened.
  const names = { ...history.names, ...found.names };
  return aboutOf(scan, here, { ...found, names }, history.events);
}
