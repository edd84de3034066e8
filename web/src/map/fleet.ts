// The holders of a view, kept true: tiles fetched for now or for a past hour, news put into them.
import { api, the, type Mode, type Status } from "../api/client";
import { watch } from "../api/live";
import type { components } from "../api/schema";
import { readHolder, readTile, type Crowd, type Holder, type Tile } from "./holders";
import { MOVING_SHOWN_MAX, type Counted } from "./sums";

const HOUR_MS = 3_600_000;
/** A path tells a quarter of an hour ahead; what news do not tell comes with the next tile. */
const ANEW_MS = 60_000;
/** Tiles of this many past hours and views are kept. */
const KEPT_MAX = 160;
const AT_ONCE = 4;

/** Which packages count: a map is narrowed by one of these at once. */
export interface Narrowed {
  readonly status?: Status;
  readonly mode?: Mode;
  readonly carrier?: string;
  readonly client?: string;
}

export interface Told {
  readonly failed: (error: unknown) => void;
  readonly changed: () => void;
}

interface Kept {
  readonly tile: Tile;
  readonly fetched_at: number;
}

export class Fleet {
  readonly holders = new Map<string, Holder>();
  crowds: { crowd: Crowd; mixed: boolean }[] = [];
  /** Whether the view's tiles are on their way for the first time. */
  waiting = true;
  #kept = new Map<string, Kept>();
  /** What was told of holders since their tile was fetched. */
  #news = new Map<string, { holder: Holder | null; at: number }>();
  #wanted: readonly string[] = [];
  #at: number | null = null;
  #stop = new AbortController();
  #unwatch: () => void = () => undefined;
  #watched = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private narrowed: Narrowed,
    private readonly tell: Told,
  ) {}

  narrow(narrowed: Narrowed): void {
    if (JSON.stringify(narrowed) === JSON.stringify(this.narrowed)) return;
    this.narrowed = narrowed;
    this.#kept.clear();
    this.#news.clear();
    this.#listen();
    this.#compose();
    void this.#fetch();
  }

  /** Shows these tiles, as of now or of a past instant. */
  show(names: readonly string[], at: number | null): void {
    const hour = at === null ? null : Math.floor(at / HOUR_MS);
    const before = this.#at === null ? null : Math.floor(this.#at / HOUR_MS);
    const same = hour === before && names.join() === this.#wanted.join();
    this.#at = at;
    if (same) return;
    this.#wanted = names;
    this.#listen();
    this.#compose();
    void this.#fetch();
  }

  counted(): Counted {
    return { holders: this.holders.values(), crowds: this.crowds };
  }

  stop(): void {
    this.#stop.abort();
    this.#unwatch();
    clearTimeout(this.#timer);
  }

  /** Fetches everything anew, after a pause in the news. */
  anew(): void {
    this.#kept.clear();
    void this.#fetch();
  }

  async #fetch(): Promise<void> {
    this.#stop.abort();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    clearTimeout(this.#timer);
    const now = Date.now();
    const missing = this.#wanted.filter((name) => {
      const kept = this.#kept.get(this.#keyOf(name));
      return !kept || (this.#at === null && ANEW_MS <= now - kept.fetched_at);
    });
    const queue = [...missing];
    const one = async (): Promise<void> => {
      for (let name = queue.shift(); name; name = queue.shift()) {
        const [key, at, fetched_at] = [this.#keyOf(name), this.#at, Date.now()];
        const tile = await fetchTile(name, at, this.narrowed, signal);
        if (signal.aborted) return;
        this.#keep(key, { tile, fetched_at });
        this.#compose();
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, one));
    } catch (error) {
      if (!signal.aborted) this.tell.failed(error);
    }
    if (signal.aborted) return;
    this.waiting = false;
    this.tell.changed();
    if (this.#at === null) this.#timer = setTimeout(() => void this.#fetch(), ANEW_MS / 2);
  }

  #keyOf(name: string): string {
    return this.#at === null ? name : `${name}@${Math.floor(this.#at / HOUR_MS)}`;
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_MAX) break;
      this.#kept.delete(oldest);
    }
  }

  /** News count every package on its way: a narrowed map asks again instead. */
  #listen(): void {
    const whole = Object.keys(this.narrowed).length === 0;
    const names = this.#at === null && whole ? this.#wanted : [];
    const watched = names.join();
    if (watched === this.#watched) return;
    this.#watched = watched;
    this.#unwatch();
    this.#news.clear();
    if (names.length === 0) {
      this.#unwatch = () => undefined;
      return;
    }
    this.#unwatch = watch(
      { tile: names },
      {
        holder: (news) => {
          const holder = news.holder ? readHolder(news.holder) : null;
          this.#news.set(news.key, { holder, at: Date.now() });
          this.#put(news.key, holder);
          this.tell.changed();
        },
        anew: () => this.anew(),
      },
    );
  }

  #put(key: string, holder: Holder | null): void {
    if (holder) this.holders.set(key, holder);
    else this.holders.delete(key);
  }

  #compose(): void {
    this.holders.clear();
    this.crowds = [];
    let oldest = Infinity;
    for (const name of this.#wanted) {
      const kept = this.#kept.get(this.#keyOf(name));
      if (!kept) continue;
      oldest = Math.min(oldest, kept.fetched_at);
      for (const holder of kept.tile.holders) this.holders.set(holder.key, holder);
      const moving = kept.tile.holders.filter((it) => it.moves).length;
      const mixed = MOVING_SHOWN_MAX <= moving;
      for (const crowd of kept.tile.crowds) this.crowds.push({ crowd, mixed });
    }
    for (const [key, news] of this.#news) {
      if (news.at < oldest) this.#news.delete(key);
      else this.#put(key, news.holder);
    }
    this.tell.changed();
  }
}

async function fetchTile(
  name: string,
  at: number | null,
  narrowed: Narrowed,
  signal: AbortSignal,
): Promise<Tile> {
  const [z = "0", x = "0", y = "0"] = name.split("/");
  const query = { ...narrowed, ...(at === null ? {} : { at: new Date(at).toISOString() }) };
  const params = { path: { z, x, y }, query };
  const headers = { accept: "application/json" };
  const answer = await the(api.GET("/v1/map/{z}/{x}/{y}", { params, headers, signal }));
  return readTile(answer as components["schemas"]["Tile"]);
}
