// What people call things that are spoken of by id: looked up once, a few at a time.
import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";

import { api, type Package, type Place } from "../api/client";
import { session } from "./session.svelte";
import { actors } from "../words/en/actors";

const AT_ONCE = 4;
const CLIENTS_PAGE = 500;

class Names {
  readonly #known = new SvelteMap<string, string>();
  /** What places were registered as, whatever they were merged into. */
  readonly #own = new SvelteMap<string, string>();
  readonly #askedOwn = new Set<string>();
  readonly #asked = new Set<string>();
  readonly #waiting: string[] = [];
  #running = 0;
  #clients: Promise<void> | null = null;
  #people: Promise<void> | null = null;

  /** Its name, or nothing while it is looked up. */
  known(id: string): string | null {
    return this.#known.get(id) ?? null;
  }

  /** Its name as far as it is known; it is looked up if it is not. */
  of(id: string): string {
    return this.#known.get(id) ?? short(id);
  }

  /** The same; of a place that may be merged into another its own name. */
  ofItself(id: string): string {
    return this.#own.get(id) ?? short(id);
  }

  /** Looks up what places were registered as. */
  wantItself(ids: Iterable<string>): void {
    for (const id of ids) {
      if (this.#askedOwn.has(id)) continue;
      this.#askedOwn.add(id);
      void this.#place(id).catch(() => null);
    }
  }

  /** Makes names known that some answer told. */
  learn(names: Readonly<Record<string, string>>): void {
    for (const [id, name] of Object.entries(names)) this.#known.set(id, name);
  }

  /** Looks up what is not known yet. */
  want(ids: Iterable<string>): void {
    for (const id of ids) {
      // Whoever wants names in an effect does not want them again when others become known.
      if (this.#asked.has(id) || untrack(() => this.#known.has(id)) || !/^[a-z]{3}_/.test(id))
        continue;
      this.#asked.add(id);
      this.#waiting.push(id);
    }
    while (this.#running < AT_ONCE && this.#waiting.length > 0) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running += 1;
    for (let id = this.#waiting.shift(); id; id = this.#waiting.shift()) {
      const name = await this.#look(id).catch(() => null);
      if (name) this.#known.set(id, name);
    }
    this.#running -= 1;
  }

  async #look(id: string): Promise<string | null> {
    switch (id.slice(0, 4)) {
      case "pkg_": {
        const path = { package: id };
        const { data } = await api.GET("/v1/packages/{package}", { params: { path } });
        return data ? calledBy(data) : null;
      }
      case "ctr_": {
        const params = { path: { container: id }, query: { limit: 1 } };
        const { data } = await api.GET("/v1/containers/{container}", { params });
        return data?.record.name ?? null;
      }
      case "plc_": {
        const place = await this.#place(id);
        return place?.merged_into ? this.#look(place.merged_into) : (place?.name ?? null);
      }
      case "trk_": {
        const path = { tracker: id };
        const { data } = await api.GET("/v1/trackers/{tracker}", { params: { path } });
        return data?.name ?? null;
      }
      case "cli_":
        await (this.#clients ??= this.#learnClients());
        return this.#known.get(id) ?? null;
      case "usr_":
        if (id === session.me?.user) return session.me.name;
        if (session.may("admin")) await (this.#people ??= this.#learnPeople());
        return this.#known.get(id) ?? null;
      default:
        return null;
    }
  }

  async #place(id: string): Promise<Place | null> {
    const { data } = await api.GET("/v1/places/{place}", { params: { path: { place: id } } });
    if (data) this.#own.set(id, data.name);
    return data ?? null;
  }

  async #learnClients(): Promise<void> {
    const query = { limit: CLIENTS_PAGE };
    const { data } = await api.GET("/v1/clients", { params: { query } });
    for (const client of data?.clients ?? []) this.#known.set(client.id, client.name);
  }

  async #learnPeople(): Promise<void> {
    const query = { limit: CLIENTS_PAGE };
    const { data } = await api.GET("/v1/users", { params: { query } });
    for (const user of data?.users ?? []) this.#known.set(user.id, user.display_name);
  }
}

/** "evt_5GA2…TRYR6": enough of an id to tell it from others. */
export function short(id: string): string {
  if (id in actors) return actors[id] ?? id;
  return /^[a-z]{3}_.{12,}/.test(id) ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
}

function calledBy(it: Package): string {
  return it.record.description ?? it.record.references?.[0]?.value ?? short(it.id);
}

export const names = new Names();
