// Where packages of a list stand and how many things containers of it hold: looked up a few at a
// time, since lists of contents name them by id only.
import { SvelteMap } from "svelte/reactivity";

import { api, type Status } from "../api/client";
import { names } from "./names.svelte";

const AT_ONCE = 4;
const COUNTED = 200;

/** What is known of one thing in a list of contents. */
export type Standing =
  | {
      readonly is: "package";
      readonly status: Status;
      readonly number: string | null;
      readonly client: string | null;
    }
  | {
      readonly is: "container";
      readonly kind: string;
      readonly holds: number;
      readonly more: boolean;
    };

class StandingOf {
  readonly #known = new SvelteMap<string, Standing>();
  readonly #asked = new Set<string>();
  #waiting: string[] = [];
  #running = 0;

  of(id: string): Standing | null {
    return this.#known.get(id) ?? null;
  }

  /** Looks up what is not known yet; done when nobody waits any more. */
  async want(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      if (this.#asked.has(id)) continue;
      this.#asked.add(id);
      this.#waiting.push(id);
    }
    const runs: Promise<void>[] = [];
    while (this.#running < AT_ONCE && this.#waiting.length > 0) runs.push(this.#run());
    await Promise.all(runs);
  }

  /** Asks anew when these are wanted next. */
  forget(ids: readonly string[]): void {
    for (const id of ids) this.#asked.delete(id);
  }

  async #run(): Promise<void> {
    this.#running += 1;
    for (let id = this.#waiting.shift(); id; id = this.#waiting.shift()) {
      const standing = await look(id).catch(() => null);
      if (standing) this.#known.set(id, standing);
    }
    this.#running -= 1;
  }
}

async function look(id: string): Promise<Standing | null> {
  if (id.startsWith("pkg_")) {
    const params = { path: { package: id } };
    const { data } = await api.GET("/v1/packages/{package}", { params });
    if (!data) return null;
    const number = data.record.references?.[0]?.value ?? null;
    names.learn(data.names);
    return { is: "package", status: data.status, number, client: data.record.client ?? null };
  }
  const params = { path: { container: id }, query: { limit: COUNTED } };
  const { data } = await api.GET("/v1/containers/{container}", { params });
  if (!data) return null;
  const kind = data.record.kind ?? "other";
  return { is: "container", kind, holds: data.contents.length, more: Boolean(data.next) };
}

export const standing = new StandingOf();
