// The scene of a view, kept true: tiles fetched for now or for a past hour, news put into them.
import { bytesOf, type Mode, type Status } from "../api/client";
import { watch } from "../api/live";
import { Scene } from "../browser/scene";

const HOUR_MS = 3_600_000;
/** A path tells a quarter of an hour ahead; what news do not tell comes with the next tile. */
const ANEW_MS = 60_000;
/** What a crowd counts is asked for again so long after news of somebody in it. */
const CROWD_MS = 5_000;
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
  readonly bytes: Uint8Array;
  /** What the scene counted when it was asked for. */
  readonly asked: number;
  /** When, in milliseconds since 1970; 0 for what is to be asked for again. */
  fetched_at: number;
}

export class Fleet {
  readonly scene: Scene;
  /** Whether the view's tiles are on their way for the first time. */
  waiting = true;
  #kept = new Map<string, Kept>();
  #wanted: readonly string[] = [];
  /** Names of the tiles that the scene has. */
  #shown = new Set<string>();
  /** Which tiles can stand beside each other: those of one zoom, hour and choice. */
  #stage = "";
  #at: number | null = null;
  #stop = new AbortController();
  #unwatch: () => void = () => undefined;
  #watched = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #crowded: ReturnType<typeof setTimeout> | undefined;

  constructor(
    memory: WebAssembly.Memory,
    private narrowed: Narrowed,
    private readonly tell: Told,
  ) {
    this.scene = new Scene(memory);
  }

  narrow(narrowed: Narrowed): void {
    if (JSON.stringify(narrowed) === JSON.stringify(this.narrowed)) return;
    this.narrowed = narrowed;
    this.#kept.clear();
    this.#listen();
    void this.#fetch();
  }

  /** Shows these tiles, as of now or of a past instant. */
  show(names: readonly string[], at: number | null): void {
    const same = hourOf(at) === hourOf(this.#at) && names.join() === this.#wanted.join();
    this.#at = at;
    if (same) return;
    this.#wanted = names;
    this.#listen();
    this.#compose();
    void this.#fetch();
  }

  stop(): void {
    this.#stop.abort();
    this.#unwatch();
    clearTimeout(this.#timer);
    clearTimeout(this.#crowded);
    this.scene.free();
  }

  /** Fetches everything anew, after a pause in the news. */
  anew(): void {
    for (const kept of this.#kept.values()) kept.fetched_at = 0;
    void this.#fetch();
  }

  async #fetch(): Promise<void> {
    this.#stop.abort();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    clearTimeout(this.#timer);
    const now = Date.now();
    const queue = this.#wanted.filter((name) => {
      const kept = this.#kept.get(this.#keyOf(name));
      return !kept || (this.#at === null && ANEW_MS <= now - kept.fetched_at);
    });
    const one = async (): Promise<void> => {
      for (let name = queue.shift(); name; name = queue.shift()) {
        const [key, asked, fetched_at] = [this.#keyOf(name), this.scene.ask(), Date.now()];
        const bytes = await bytesOf(this.#addressOf(name), COLUMNS, signal);
        if (signal.aborted) return;
        this.#keep(key, { bytes, asked, fetched_at });
        this.#shown.delete(name);
        this.#compose();
      }
    };
    let failed = false;
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, one));
    } catch (error) {
      if (!signal.aborted) this.tell.failed(error);
      failed = true;
    }
    if (signal.aborted) return;
    this.waiting = false;
    if (!failed) this.tell.changed();
    if (this.#at === null) this.#timer = setTimeout(() => void this.#fetch(), ANEW_MS / 2);
  }

  #keyOf(name: string): string {
    return this.#at === null ? name : `${name}@${String(hourOf(this.#at))}`;
  }

  #addressOf(name: string): string {
    const query = new URLSearchParams({ ...this.narrowed });
    if (this.#at !== null) query.set("at", new Date(this.#at).toISOString());
    return `/v1/map/${name}${query.size > 0 ? `?${query.toString()}` : ""}`;
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
    this.#unwatch = () => undefined;
    if (names.length === 0) return;
    this.#unwatch = watch(
      { tile: names },
      {
        holder: (news) => {
          if (this.scene.take(news)) this.tell.changed();
          else this.#crowd();
        },
        anew: () => this.anew(),
      },
    );
  }

  /** Only a tile tells what its crowds count: it is asked for again, once for many news. */
  #crowd(): void {
    this.#crowded ??= setTimeout(() => {
      this.#crowded = undefined;
      this.anew();
    }, CROWD_MS);
  }

  /**
   * Puts what is wanted and there into the scene, and takes the rest out. What is shown stays
   * until all that takes its place has come: nothing blinks.
   */
  #compose(): void {
    const [level = ""] = this.#wanted[0]?.split("/") ?? [];
    const stage = `${level}@${String(hourOf(this.#at))}?${JSON.stringify(this.narrowed)}`;
    const there = this.#wanted.filter((it) => this.#kept.has(this.#keyOf(it)));
    if (stage !== this.#stage && this.#wanted.length > 0) {
      if (this.#shown.size > 0 && there.length < this.#wanted.length) return;
      this.#stage = stage;
      this.#shown.clear();
      this.scene.clear();
    }
    for (const name of this.#shown) if (!this.#wanted.includes(name)) this.#drop(name);
    for (const name of there) if (!this.#shown.has(name)) this.#put(name);
    this.tell.changed();
  }

  #put(name: string): void {
    const kept = this.#kept.get(this.#keyOf(name));
    if (!kept) return;
    const [zoom, x, y] = placeOf(name);
    this.scene.putTile(zoom, x, y, kept.bytes, kept.asked);
    this.#shown.add(name);
  }

  #drop(name: string): void {
    this.scene.dropTile(...placeOf(name));
    this.#shown.delete(name);
    // Nobody tells what happens there any more.
    const kept = this.#kept.get(name);
    if (kept) kept.fetched_at = 0;
  }
}

const COLUMNS = "application/vnd.whereabouts.map";

function placeOf(name: string): [zoom: number, x: number, y: number] {
  const [zoom = 0, x = 0, y = 0] = name.split("/").map(Number);
  return [zoom, x, y];
}

function hourOf(at: number | null): number | null {
  return at === null ? null : Math.floor(at / HOUR_MS);
}
