// The living map: what is shown, when, of whom; frames only while something moves on the screen.
import { problemOf, type Problem } from "../api/client";
import { Chosen } from "./chosen.svelte";
import type { Begin, Heard, Pointed } from "./face";
import { Fleet, type Narrowed } from "./fleet";
import { framing } from "./frame";
import { exaggeration } from "./heights";
import type { Holder } from "./holders";
import type { Lens } from "./lens";
import { spotAt, type Point } from "./motion";
import { tones, type Theme } from "./palette";
import { hitAt } from "./pointing";
import { dotsOf, doubts, marksOf, toneOf, type Colouring, type Dot, type Mark } from "./scene";
import { discs, fence, grid } from "./ground";
import { night } from "./sun";
import { sumsOf, type Sums } from "./sums";
import { Surface, type Camera, type Line } from "./surface";
import { tilesOf } from "./tiles";
import { trackLines } from "./track";

/** A frame is worth it once something has moved by this much of a pixel. */
const STEP_PX = 0.3;
const FRAME_MS = { least: 15, calm: 2_000, most: 10_000 };
const NIGHT_MS = 60_000;
const RENEW_MS = 250;
const FAR_ZOOM = 2.6;
/** Seen from so near, a tile's data are finer than the view by this much. */
const FINER = 0.6;

export class Living {
  colouring = $state<Colouring>("status");
  flat = $state(false);
  taller = $state(1);
  /** A past instant; nothing shows the present. */
  at = $state<number | null>(null);
  /** How many times faster than it was the past is played; 0 stands still. */
  speed = $state(0);
  camera = $state.raw<Camera>({ lat: 0, lon: 0, zoom: 1, pitch: 0, bearing: 0 });
  times = $state(1);
  metresPerPixel = $state(1);
  sums = $state.raw<Sums | null>(null);
  pointed = $state.raw<Pointed | null>(null);
  chosen = $state.raw<Chosen | null>(null);
  /** Where the chosen one is on the screen. */
  anchor = $state.raw<{ x: number; y: number } | null>(null);
  problem = $state.raw<Problem | null>(null);
  ready = $state(false);
  waiting = $state(true);
  #theme: Theme;
  #calm: boolean;
  #fleet: Fleet;
  #surface: Surface;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frame = 0;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #renewed_at = -Infinity;
  #played_at = 0;
  #marks: readonly Mark[] = [];
  #dots: readonly Dot[] = [];
  #night_at = -Infinity;
  #doubted = "[]";
  #closed = false;
  #observer: ResizeObserver;

  constructor(
    element: HTMLElement,
    begin: Begin,
    private readonly heard: Heard,
  ) {
    this.#theme = begin.theme;
    this.#calm = begin.calm;
    this.colouring = begin.colouring;
    this.flat = begin.flat;
    this.at = begin.at;
    this.camera = begin.camera;
    this.#fleet = new Fleet(begin.narrowed ?? {}, {
      failed: (error) => void problemOf(error).then((it) => (this.problem = it)),
      changed: () => {
        this.problem = null;
        this.#changed();
      },
    });
    this.#surface = new Surface(
      element,
      { ...begin, basemap: "/basemap.pmtiles" },
      {
        moved: () => this.#draw(),
        settled: () => this.#settled(),
        touched: () => heard.touched(),
        pointed: (at) => this.#point(at),
        picked: (at) => this.#pick(at.x, at.y),
      },
    );
    void this.#surface.begun().then(() => {
      this.ready = true;
      this.#settled();
      this.#changed();
    });
    this.#observer = new ResizeObserver(() => this.#surface.resize());
    this.#observer.observe(element);
    document.addEventListener("visibilitychange", this.#seen);
  }

  /** The instant that is shown. */
  get instant(): number {
    return this.at ?? Date.now();
  }

  get holders(): ReadonlyMap<string, Holder> {
    return this.#fleet.holders;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#renewal);
    cancelAnimationFrame(this.#frame);
    document.removeEventListener("visibilitychange", this.#seen);
    this.#observer.disconnect();
    this.chosen?.close();
    this.#fleet.stop();
    this.#surface.close();
  }

  choose(id: string | null, key: string | null = null): void {
    if (this.chosen && this.chosen.id === id && this.chosen.key === key) return;
    this.chosen?.close();
    this.chosen = id === null && key === null ? null : new Chosen(id, key, () => this.#changed());
    this.chosen?.follow(this.at);
    this.#changed();
  }

  theme(theme: Theme): void {
    if (theme === this.#theme) return;
    this.#theme = theme;
    this.#surface.theme(theme);
    this.#changed();
  }

  colour(by: Colouring): void {
    this.colouring = by;
    this.#changed();
  }

  flatten(flat: boolean): void {
    this.flat = flat;
    this.#surface.flat(flat);
    this.#draw();
  }

  heighten(times: number): void {
    this.taller = times;
    this.#draw();
  }

  /** Shows another instant; nothing is the present. */
  goTo(at: number | null): void {
    this.at = at === null ? null : Math.min(at, Date.now());
    if (at === null) this.speed = 0;
    this.#follow();
    this.#draw();
  }

  play(speed: number): void {
    this.speed = speed;
    this.#played_at = performance.now();
    this.#draw();
  }

  fly(to: Partial<Camera>, duration_ms: number): void {
    this.#surface.fly(to, this.#calm ? 0 : duration_ms);
  }

  zoomBy(levels: number): void {
    this.#surface.zoomBy(levels);
  }

  halt(): void {
    this.#surface.halt();
  }

  /** Brings the chosen one into the middle. */
  centre(zoom = Math.max(this.camera.zoom, 5)): void {
    const spot = this.#chosenSpot();
    if (spot) this.fly({ lat: spot.lat, lon: spot.lon, zoom }, 1400);
  }

  /** Shows all of the chosen one's track, or the place it is at. */
  frame(duration_ms: number): void {
    const spot = this.#chosenSpot();
    const points: Point[] = (this.chosen?.track ?? []).map((it) => [it.lat, it.lon]);
    if (spot) points.push([spot.lat, spot.lon]);
    const { width, height } = this.#surface.view();
    const found = framing(points, width, height);
    if (found) this.fly({ ...found, pitch: 1 < found.zoom ? 42 : 0 }, duration_ms);
  }

  /** Shows other packages. */
  narrow(narrowed: Narrowed): void {
    this.#fleet.narrow(narrowed);
  }

  #seen = (): void => {
    if (!document.hidden) this.#draw();
  };

  #follow(): void {
    const { bounds, camera } = this.#surface;
    this.#fleet.show(tilesOf(bounds, camera.zoom + FINER), this.at);
    this.chosen?.follow(this.at);
  }

  #settled(): void {
    if (!this.ready) return;
    this.#follow();
    this.#backdrop();
    this.#changed();
    this.heard.settled();
  }

  /** What is known has changed: everything is made anew, a few times a second at most. */
  #changed(): void {
    if (this.#renewal !== undefined || this.#closed) return;
    const wait_ms = Math.max(0, RENEW_MS - (performance.now() - this.#renewed_at));
    this.#renewal = setTimeout(() => this.#renew(), wait_ms);
  }

  #renew(): void {
    this.#renewal = undefined;
    this.waiting = this.#fleet.waiting;
    if (!this.ready || this.#closed) return;
    this.#renewed_at = performance.now();
    const at = this.instant;
    this.#dots = dotsOf(this.#fleet.holders.values(), this.#fleet.crowds, at, this.colouring);
    this.#surface.dots(this.#dots);
    this.#count(at);
    this.#draw();
  }

  #draw(): void {
    if (!this.ready || this.#closed) return;
    this.#advance();
    const at = this.instant;
    const lens = this.#surface.view();
    this.camera = this.#surface.camera;
    this.times = exaggeration(lens.zoom, this.taller);
    this.metresPerPixel = lens.metresPerPixel(this.camera.lat);
    const chosen = this.#chosenHolder();
    const on = new Set<string>();
    if (chosen) on.add(chosen.key);
    if (this.pointed?.holder) on.add(this.pointed.holder.key);
    const shown = chosen && !this.#fleet.holders.has(chosen.key) ? [chosen] : [];
    const look = { theme: this.#theme, colouring: this.colouring, taller: this.taller };
    this.#marks = marksOf([...this.#fleet.holders.values(), ...shown], at, look, lens, on);
    this.#surface.draw(this.#marks, this.#lines(chosen, at, lens));
    this.#surface.on(on);
    this.#doubt(chosen, at);
    this.#anchor(chosen, at, lens);
    this.#soon(lens);
  }

  #lines(chosen: Holder | null, at: number, lens: Lens): Line[] {
    const lines = fence(this.#marks);
    if (!this.chosen || !chosen) return lines;
    const colour = tones[this.#theme][toneOf(chosen, at, this.colouring)];
    const ground = tones[this.#theme].resting;
    const track = [...this.chosen.track];
    // Up to where it is just now.
    if (this.at === null && track.length > 0) {
      const { lat, lon, height_m } = spotAt(chosen.path, at);
      track.push({ at, lat, lon, height_m, basis: "measured", radius_95_m: 0 });
    }
    const times = exaggeration(lens.zoom, this.taller);
    return [...trackLines(track, at, times, colour, ground), ...lines];
  }

  #chosenHolder(): Holder | null {
    const { chosen } = this;
    if (!chosen) return null;
    return (
      chosen.among(this.#fleet.holders.values()) ?? chosen.standIn(this.instant, this.at === null)
    );
  }

  #chosenSpot(): { lat: number; lon: number; height_m: number | null } | null {
    const holder = this.#chosenHolder();
    return holder ? spotAt(holder.path, this.instant) : null;
  }

  #anchor(chosen: Holder | null, at: number, lens: Lens): void {
    this.anchor = null;
    if (!chosen) return;
    const spot = spotAt(chosen.path, at);
    const height_m = Math.max(0, spot.height_m ?? 0) * this.times;
    if (!lens.sees(spot.lat, spot.lon, height_m)) return;
    const [x = 0, y = 0] = lens.project(spot.lon, spot.lat, height_m);
    this.anchor = { x, y };
  }

  /** How far off the chosen and the hovered one may be, as discs on the ground. */
  #doubt(chosen: Holder | null, at: number): void {
    const asked = this.chosen?.whereabouts?.radius_95_m;
    const known = chosen && asked !== undefined ? { ...chosen, radius_95_m: asked } : chosen;
    const shown = doubts([known, this.pointed?.holder ?? null], at, this.colouring);
    const said = JSON.stringify(shown);
    if (said !== this.#doubted) this.#surface.shapes("discs", discs(shown));
    this.#doubted = said;
  }

  /** From afar everything counts, also what is behind the globe. */
  #count(at: number): void {
    const view = this.camera.zoom < FAR_ZOOM ? null : this.#surface.bounds;
    this.sums = sumsOf(this.#fleet.counted(), at, view);
  }

  /** Plays the past on by the time that has gone by. */
  #advance(): void {
    if (this.at === null || this.speed === 0) return;
    const now = performance.now();
    const at = this.at + (now - this.#played_at) * this.speed;
    this.#played_at = now;
    const minute = Math.floor(this.at / 60_000) !== Math.floor(at / 60_000);
    if (Date.now() <= at) this.goTo(null);
    else {
      this.at = at;
      if (minute) {
        this.#follow();
        this.#count(at);
      }
    }
    this.#backdrop();
  }

  /** The next frame comes when the fastest has moved by a part of a pixel. */
  #soon(lens: Lens): void {
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#frame);
    if (document.hidden || this.#surface.moving) return;
    const at = this.instant;
    let fastest = 0;
    for (const holder of this.#fleet.holders.values()) {
      if (holder.moves) fastest = Math.max(fastest, spotAt(holder.path, at).speed_mps);
    }
    const played = this.at === null ? 1 : this.speed;
    const pixels = (fastest * played) / lens.metresPerPixel(this.camera.lat);
    if (this.at !== null && this.speed === 0) return;
    const wait_ms = Math.min(FRAME_MS.most, (STEP_PX / Math.max(1e-6, pixels)) * 1000);
    const frame = (): void => {
      this.#frame = requestAnimationFrame(() => this.#draw());
    };
    if (this.#calm) this.#timer = setTimeout(frame, Math.max(wait_ms, FRAME_MS.calm));
    else if (wait_ms <= FRAME_MS.least) frame();
    else this.#timer = setTimeout(frame, wait_ms);
  }

  /** Night, the sun's light and the grid of close views. */
  #backdrop(): void {
    const at = this.instant;
    if (NIGHT_MS <= Math.abs(at - this.#night_at)) {
      this.#night_at = at;
      this.#surface.shapes("night", night(at));
      this.#surface.sun(at);
    }
    this.#surface.shapes("grid", grid(this.#surface.bounds, this.camera.zoom));
  }

  #pick(x: number, y: number): void {
    const found = this.#nearest(x, y);
    if (found?.crowd) {
      const { lat, lon } = found.crowd;
      this.fly({ lat, lon, zoom: this.camera.zoom + 2.2 }, 900);
      return;
    }
    const { holder } = found ?? { holder: null };
    this.choose(holder?.id ?? null, holder?.id ? null : (holder?.key ?? null));
    this.heard.picked(this.chosen);
  }

  #point(at: { x: number; y: number } | null): void {
    const before = this.pointed?.holder?.key;
    this.pointed = at ? this.#nearest(at.x, at.y) : null;
    if (this.pointed?.holder?.key !== before) this.#draw();
  }

  #nearest(x: number, y: number): Pointed | null {
    const hit = hitAt(x, y, this.#marks, this.#dots, this.#surface.view());
    if (!hit) return null;
    const crowd = hit.dot?.crowd
      ? this.#fleet.crowds.find(
          (it) => it.crowd.lat === hit.dot?.lat && it.crowd.lon === hit.dot.lon,
        )?.crowd
      : undefined;
    const holder = this.#fleet.holders.get(hit.key);
    return holder || crowd
      ? { holder: holder ?? null, crowd: crowd ?? null, x: hit.x, y: hit.y }
      : null;
  }
}
