// What whoever is signed in follows, as the server keeps it.
import { api, type PackageLine, type Problem, problemOf, the } from "../api/client";
import { toasts } from "./toasts.svelte";

const PAGE = 100;

class Watchlist {
  /** Those that are followed, the last picked first; `null` before they are known. */
  lines = $state.raw<readonly PackageLine[] | null>(null);
  names = $state.raw<Readonly<Record<string, string>>>({});
  #ids = $state.raw<ReadonlySet<string>>(new Set());

  follows(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Asks what is followed; at most 500 packages are. */
  async load(signal?: AbortSignal): Promise<void> {
    const lines: PackageLine[] = [];
    let names: Record<string, string> = {};
    let cursor: string | null | undefined;
    do {
      const query = cursor ? { limit: PAGE, cursor } : { limit: PAGE };
      const options = signal ? { params: { query }, signal } : { params: { query } };
      const page = await the(api.GET("/v1/me/watchlist", options));
      lines.push(...page.packages);
      names = { ...names, ...page.names };
      cursor = page.next;
    } while (cursor);
    this.lines = lines;
    this.names = names;
    this.#ids = new Set(lines.map((it) => it.id));
  }

  /** Follows a package, or does not any more: shown at once, taken back if it is refused. */
  async follow(id: string, wanted: boolean): Promise<void> {
    const before = this.#ids;
    const after = new Set(before);
    if (wanted) after.add(id);
    else after.delete(id);
    this.#ids = after;
    const params = { params: { path: { package: id } } };
    const refused = (problem: Problem): void => {
      this.#ids = before;
      toasts.say(problem.detail ?? problem.title, "bad");
    };
    try {
      // Both answer nothing, or why not.
      const { error } = wanted
        ? await api.PUT("/v1/me/watchlist/{package}", params)
        : await api.DELETE("/v1/me/watchlist/{package}", params);
      if (error) refused(error);
    } catch (error) {
      refused(await problemOf(error));
    }
  }
}

export const watchlist = new Watchlist();
