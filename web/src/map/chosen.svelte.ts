// The one subject that is selected: what it is, where it is, its track. It never disappears.
import {
  api,
  problemOf,
  the,
  type Mode,
  type Problem,
  type Status,
  type Whereabouts,
} from "../api/client";
import { watch } from "../api/live";
import type { Holder } from "./holders";
import { spotAt, type Path, type Spot } from "./motion";
import { lastTrip, pathOf, readTrack, type TrackPoint } from "./track";

export interface About {
  readonly title: string;
  readonly kind: string;
  readonly mode: Mode | null;
  readonly status: Status | null;
  readonly number: string | null;
  readonly contents: readonly { id: string; name: string }[];
  readonly floors: readonly { name: string; above_ground_m: number }[];
  readonly ground_m: number;
}

/** A whereabouts is asked for two instants, and moves evenly between the two answers. */
const AHEAD_MS = 60_000;
const AGAIN_MS = 30_000;
/** News come in bunches: a scan of a truck tells of all that it carries. */
const NEWS_MS = 300;
const TRACK_MS = 14 * 24 * 3_600_000;

export class Chosen {
  about = $state.raw<About | null>(null);
  whereabouts = $state.raw<Whereabouts | null>(null);
  track = $state.raw<readonly TrackPoint[]>([]);
  problem = $state.raw<Problem | null>(null);
  /** Whether everything that can be known of it has been asked for once. */
  known = $state(false);
  #path: Path | null = null;
  #past: Path | null = null;
  #stop = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unwatch: () => void;
  #asked_at: number | null | undefined;

  /** `id` is a subject; a lane has only the key it has in tiles. */
  constructor(
    readonly id: string | null,
    readonly key: string | null,
    private readonly told: () => void,
  ) {
    void this.#learn();
    this.#unwatch = this.#listen();
  }

  get kind(): "package" | "container" | "place" | "lane" {
    const prefix = this.id?.slice(0, 4);
    if (prefix === "pkg_") return "package";
    if (prefix === "ctr_") return "container";
    return prefix === "plc_" ? "place" : "lane";
  }

  /** Keeps what is known true for now, or for a past instant. */
  follow(at: number | null): void {
    const minute = at === null ? null : Math.floor(at / AHEAD_MS);
    if (this.#asked_at === minute) return;
    this.#asked_at = minute;
    void this.#locate(at);
  }

  /** Which holder of the map it is or is in. */
  among(holders: Iterable<Holder>): Holder | null {
    const chain = new Set(this.whereabouts?.chain ?? []);
    const place = this.whereabouts?.place;
    for (const it of holders) {
      if (it.key === this.key) return it;
      if (it.id === null) continue;
      if (it.id === this.id || chain.has(it.id) || it.id === place) return it;
    }
    return null;
  }

  /** Where it is at an instant, by itself: also when no tile shows it. */
  spot(at: number, live: boolean): Spot | null {
    const path = live || !this.#past ? this.#path : this.#past;
    return path ? spotAt(path, at) : null;
  }

  /** Stands for it on the map where nothing else does. */
  standIn(at: number, live: boolean): Holder | null {
    const path = live || !this.#past ? this.#path : this.#past;
    if (!path) return null;
    return {
      key: "chosen",
      id: this.id,
      kind: this.about?.kind ?? "package",
      mode: this.about?.mode ?? null,
      packages: 1,
      problems: 0,
      radius_95_m: this.whereabouts?.radius_95_m ?? 0,
      as_of: this.whereabouts ? Date.parse(this.whereabouts.as_of) : at,
      name: this.about?.title ?? null,
      path,
      // What is selected is drawn above everything, whether it moves or not.
      moves: true,
    };
  }

  close(): void {
    this.#stop.abort();
    this.#unwatch();
    clearTimeout(this.#timer);
  }

  /** Whatever is told of it, or of what carries it, shows at once while the present is shown. */
  #listen(): () => void {
    if (!this.id || (this.kind !== "package" && this.kind !== "container")) return () => undefined;
    const anew = (): void => {
      clearTimeout(this.#timer);
      if (this.#asked_at === null) this.#timer = setTimeout(() => void this.#renew(), NEWS_MS);
    };
    const told = { changed: anew, carried: anew, fix: anew, anew };
    return watch({ [this.kind]: [this.id] }, told);
  }

  async #renew(): Promise<void> {
    await Promise.all([this.#locate(null), this.#trace()]);
  }

  async #learn(): Promise<void> {
    const { signal } = this.#stop;
    try {
      if (this.kind === "container") this.about = await this.#container(signal);
      else if (this.kind === "package") this.about = await this.#package(signal);
      else if (this.kind === "place") this.about = await this.#place(signal);
      this.told();
      if (this.kind !== "lane" && this.kind !== "place") await this.#trace();
    } catch (error) {
      if (!signal.aborted) this.problem = await problemOf(error);
    } finally {
      this.known = true;
      this.told();
    }
  }

  async #container(signal: AbortSignal): Promise<About> {
    const params = { path: { container: this.id ?? "" } };
    const it = await the(api.GET("/v1/containers/{container}", { params, signal }));
    const kind = it.record.kind ?? "other";
    return {
      ...nothing,
      title: it.record.name ?? "",
      kind,
      mode: modeOf[kind] ?? null,
      number: it.record.references?.[0]?.value ?? null,
      contents: it.contents.map(({ id }) => ({ id, name: it.names[id] ?? id })),
    };
  }

  async #package(signal: AbortSignal): Promise<About> {
    const params = { path: { package: this.id ?? "" } };
    const it = await the(api.GET("/v1/packages/{package}", { params, signal }));
    return {
      ...nothing,
      title: it.record.description ?? this.id ?? "",
      kind: "package",
      mode: it.record.mode ?? null,
      status: it.status,
      number: it.record.references?.[0]?.value ?? null,
    };
  }

  async #place(signal: AbortSignal): Promise<About> {
    const params = { path: { place: this.id ?? "" } };
    const it = await the(api.GET("/v1/places/{place}", { params, signal }));
    const at = Date.now();
    const ground_m = it.ground_m ?? 0;
    this.#path = { at: [at], lat: [it.position.lat], lon: [it.position.lon], height_m: [null] };
    return { ...nothing, title: it.name, kind: it.kind, floors: it.floors, ground_m };
  }

  async #locate(at: number | null): Promise<void> {
    clearTimeout(this.#timer);
    if (this.kind !== "package" && this.kind !== "container") return;
    const now = at ?? Date.now();
    try {
      const [here, ahead] = await Promise.all([this.#ask(now), this.#ask(now + AHEAD_MS)]);
      this.whereabouts = here;
      const both = [here, ahead];
      this.#path = {
        at: [now, now + AHEAD_MS],
        lat: both.map((it) => it.lat),
        lon: both.map((it) => it.lon),
        height_m: both.map((it) => it.height_m ?? null),
      };
      this.told();
    } catch (error) {
      if (!this.#stop.signal.aborted) this.problem = await problemOf(error);
    }
    if (at === null && !this.#stop.signal.aborted) {
      this.#timer = setTimeout(() => void this.#renew(), AGAIN_MS);
    }
  }

  async #ask(at: number): Promise<Whereabouts> {
    const query = { at: new Date(at).toISOString() };
    const { signal } = this.#stop;
    if (this.kind === "package") {
      const params = { path: { package: this.id ?? "" }, query };
      return the(api.GET("/v1/packages/{package}/whereabouts", { params, signal }));
    }
    const params = { path: { container: this.id ?? "" }, query };
    return the(api.GET("/v1/containers/{container}/whereabouts", { params, signal }));
  }

  async #trace(): Promise<void> {
    const to = Date.now();
    const query = new URLSearchParams({
      from: new Date(to - TRACK_MS).toISOString(),
      to: new Date(to).toISOString(),
      points: "1000",
    });
    const path = this.kind === "package" ? "packages" : "containers";
    const url = `/v1/${path}/${this.id ?? ""}/track?${query.toString()}`;
    const answer = await fetch(url, { signal: this.#stop.signal }).catch(() => null);
    // A track that does not come leaves the last one; where it is says what went wrong.
    if (!answer?.ok) return;
    const whole = readTrack(await answer.json());
    this.track = this.kind === "container" ? lastTrip(whole) : whole;
    this.#past = pathOf(this.track);
    this.told();
  }
}

const nothing: About = {
  title: "",
  kind: "package",
  mode: null,
  status: null,
  number: null,
  contents: [],
  floors: [],
  ground_m: 0,
};

const modeOf: Record<string, Mode | undefined> = {
  truck: "road",
  aircraft: "air",
  vessel: "sea",
  train: "rail",
};
