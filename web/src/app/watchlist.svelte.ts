// What whoever is signed in follows, as the server keeps it.
import { api, type PackageLine, type Problem, problemOf, the } from "../api/client";
import { words } from "../words/en";
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

  /** Follows all of these; the first that is refused ends it. */
  async followAll(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      if (!this.follows(id) && !(await this.follow(id, true))) return;
    }
    toasts.say(words.selection.followed(ids.length));
  }

  /** Follows a package, or does not any more: shown at once, taken back if it is refused. Says
   * whether it stands. */
  async follow(id: string, wanted: boolean): Promise<boolean> {
    const before = this.#ids;
    const after = new Set(before);
    if (wanted) after.add(id);
    else after.delete(id);
    this.#ids = after;
    const params = { params: { path: { package: id } } };
    const refused = (problem: Problem): false => {
      this.#ids = before;
      toasts.say(problem.detail ?? problem.title, "bad");
      return false;
    };
    try {
      // Both answer nothing, or why not.
      const { error } = wanted
        ? await api.PUT("/v1/me/watchlist/{package}", params)
        : await api.DELETE("/v1/me/watchlist/{package}", params);
      return error ? refused(error) : true;
    } catch (error) {
      return refused(await problemOf(error));
    }
  }
}

export const watchlist = new Watchlist();
