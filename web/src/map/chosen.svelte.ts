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
import { KINDS, type Kind, type Scene } from "../browser/scene";
import { Trail, type Spot, type TrackPoint } from "../browser/trail";
import { ALONE, holderAt, type Holder } from "./holders";
import type { Level } from "./inside";
import { Located } from "./located.svelte";
import { floorsOf, loadOf } from "./opened";
import { readTrack, tripAt } from "./track";

export interface About {
  readonly title: string;
  readonly kind: string;
  readonly mode: Mode | null;
  readonly status: Status | null;
  readonly number: string | null;
  readonly contents: readonly { id: string; name: string }[];
  readonly floors: readonly { name: string; above_ground_m: number }[];
  readonly ground_m: number;
  readonly radius_m: number;
}

/** News come in bunches: a scan of a truck tells of all that it carries. */
const NEWS_MS = 300;
const TRACK_MS = 14 * 24 * 3_600_000;
/** A trip that was under way at an instant is over by then. */
const TRIP_MS = 24 * 3_600_000;
/** For another instant so near no other trip is asked for. */
const NEAR_MS = 3_600_000;

export class Chosen {
  about = $state.raw<About | null>(null);
  track = $state.raw<readonly TrackPoint[]>([]);
  problem = $state.raw<Problem | null>(null);
  /** Whether everything that can be known of it has been asked for once. */
  known = $state(false);
  /** The past instant that is followed, nothing for the present. */
  #at = $state<number | null>(null);
  /** The past instant whose trip was asked for last. */
  #traced: number | null = null;
  #inside = $state.raw<readonly Level[]>([]);
  #located: Located | null;
  /** A place stays where it is. */
  #stands: { readonly lat: number; readonly lon: number } | null = null;
  #past: Trail | null = null;
  #stop = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unwatch: () => void;

  /** `id` is a subject; a lane has only the key it has in tiles. */
  constructor(
    readonly id: string | null,
    readonly key: string | null,
    private readonly told: () => void,
  ) {
    const moves = id !== null && (this.kind === "package" || this.kind === "container");
    const changed = (): void => this.told();
    this.#located = moves
      ? new Located(id, { mode: () => this.about?.mode ?? null, changed })
      : null;
    void this.#learn();
    this.#unwatch = this.#listen();
  }

  get kind(): "package" | "container" | "place" | "lane" {
    const prefix = this.id?.slice(0, 4);
    if (prefix === "pkg_") return "package";
    if (prefix === "ctr_") return "container";
    return prefix === "plc_" ? "place" : "lane";
  }

  /** What is in it; of the past that is not known. */
  get contents(): About["contents"] {
    return this.#at === null ? (this.about?.contents ?? []) : [];
  }

  /** What is drawn inside it: its floors, or its load. */
  get levels(): readonly Level[] {
    return this.#at === null ? this.#inside : [];
  }

  get whereabouts(): Whereabouts | null {
    return this.#located?.whereabouts ?? null;
  }

  /** Keeps what is known true for now, or for a past instant. */
  follow(at: number | null): void {
    const before = this.#at;
    this.#at = at;
    this.#located?.follow(at);
    // What is drawn is the trip that the instant is in.
    if (!this.known || !this.#located || (at === before && at === null)) return;
    const asked = at !== null && Math.abs(at - (this.#traced ?? Infinity)) < NEAR_MS;
    if (at === null || !(this.#covers(at) || asked)) this.#traceSoon();
  }

  /** What of the map it is or is in, the nearest to it first; nothing if no tile shows any. */
  among(scene: Scene): Holder | null {
    const { chain = [], place } = this.whereabouts ?? {};
    for (const it of [this.key, this.id, ...chain, place]) {
      const slot = it ? scene.slotOf(it) : null;
      if (slot !== null) return holderAt(scene, slot);
    }
    return null;
  }

  /** Where it was, by its track. */
  past(at: number): Spot | null {
    return this.#past?.at(at) ?? null;
  }

  #covers(at: number): boolean {
    const [first, last] = [this.track[0], this.track.at(-1)];
    return first !== undefined && last !== undefined && first.at <= at && at <= last.at;
  }

  /** Stands for it on the map where nothing else does: what is selected never disappears. */
  standIn(at: number, live: boolean): Holder | null {
    const spot = !live && this.#covers(at) ? this.past(at) : this.#located?.at(at);
    const place = spot ?? this.#stands;
    if (!place) return null;
    const kind = this.about?.kind as Kind | undefined;
    return {
      slot: ALONE,
      key: ALONE_KEY,
      id: this.id,
      name: this.about?.title ?? null,
      lat: place.lat,
      lon: place.lon,
      height_m: spot?.height ?? 0,
      course: spot?.course ?? null,
      speed_mps: 0,
      radius_95_m: this.whereabouts?.radius_95_m ?? spot?.radius ?? 0,
      age_s: spot ? Math.max(0, at - spot.asOf) / 1000 : 0,
      kind: kind && KINDS.includes(kind) ? kind : "package",
      mode: this.about?.mode ?? null,
      basis: (live ? this.whereabouts?.basis : null) ?? spot?.basis ?? null,
      carrier: null,
      packages: 1,
      problems: 0,
      // It is drawn above everything, whether it moves or not.
      travels: true,
    };
  }

  close(): void {
    this.#stop.abort();
    this.#unwatch();
    clearTimeout(this.#timer);
    this.#located?.close();
    this.#past?.free();
    this.#past = null;
  }

  /** Whatever is told of it, or of what carries it, shows at once while the present is shown. */
  #listen(): () => void {
    if (!this.id || (this.kind !== "package" && this.kind !== "container")) return () => undefined;
    const anew = (): void => {
      clearTimeout(this.#timer);
      if (this.#located?.live) this.#timer = setTimeout(() => void this.#renew(), NEWS_MS);
    };
    const told = { changed: anew, carried: anew, fix: anew, anew };
    return watch({ [this.kind]: [this.id] }, told);
  }

  async #renew(): Promise<void> {
    await Promise.all([this.#located?.renew(), this.#trace()]);
  }

  async #learn(): Promise<void> {
    const { signal } = this.#stop;
    try {
      if (this.kind === "container") this.about = await this.#container(signal);
      else if (this.kind === "package") this.about = await this.#package(signal);
      else if (this.kind === "place") this.about = await this.#place(signal);
      this.told();
      if (this.kind !== "lane" && this.kind !== "place") await this.#trace();
      this.#inside = await this.#open(signal);
    } catch (error) {
      if (!signal.aborted) this.problem = await problemOf(error);
    } finally {
      this.known = true;
      this.told();
    }
  }

  async #open(signal: AbortSignal): Promise<readonly Level[]> {
    if (!this.about || !this.id) return [];
    if (this.kind === "place") return floorsOf(this.id, this.about.floors, signal);
    return this.kind === "container" ? loadOf(this.about.contents, signal) : [];
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
    const { ground_m: above, radius_m } = it;
    const ground_m = above ?? 0;
    this.#stands = it.position;
    return { ...nothing, title: it.name, kind: it.kind, floors: it.floors, ground_m, radius_m };
  }

  #traceSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#trace(), NEWS_MS);
  }

  async #trace(): Promise<void> {
    const [at, now] = [this.#at, Date.now()];
    this.#traced = at;
    const to = Math.min(now, (at ?? now) + TRIP_MS);
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
    if (this.#stop.signal.aborted) return;
    this.track = this.kind === "container" ? tripAt(whole, at ?? Infinity) : whole;
    this.#past?.free();
    this.#past = this.track.length > 0 ? new Trail(this.about?.mode ?? null, this.track) : null;
    this.told();
  }
}

/** The key of what stands on the map by itself. */
const ALONE_KEY = "chosen";

const nothing: About = {
  title: "",
  kind: "package",
  mode: null,
  status: null,
  number: null,
  contents: [],
  floors: [],
  ground_m: 0,
  radius_m: 0,
};

const modeOf: Record<string, Mode | undefined> = {
  truck: "road",
  aircraft: "air",
  vessel: "sea",
  train: "rail",
};
