// The living map: what is shown, when, of whom; frames only while something moves on the screen.
import { problemOf, type Problem } from "../api/client";
import type { Scene, Sums } from "../browser/scene";
import { Backdrop } from "./backdrop";
import { Chosen } from "./chosen.svelte";
import type { Begin, Heard, Pointed } from "./face";
import { Fleet, type Narrowed } from "./fleet";
import { framingRaised, fromAbove, type Raised } from "./frame";
import { fence } from "./ground";
import { exaggeration } from "./heights";
import type { PlacedTag } from "./inside";
import { ALONE, crowds, resting, travelling, type Holder } from "./holders";
import { dotsOf, doubts, marksOf } from "./marks";
import type { Colouring, Dot, Look, Mark } from "./marks";
import { pause } from "./pacing";
import type { Theme } from "./palette";
import { Pins, type Group, type Pin } from "./pins";
import { hitAt, pointedAt } from "./pointing";
import { Surface, type Camera } from "./surface";
import { selection } from "./selection";
import { fromAfar, tilesOf } from "./tiles";

const AGE_MS = 1_000;
const RENEW_MS = 250;
const NARROW_PX = 600;

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
  /** Whether the sums are of all there is now. */
  whole = $derived(this.at === null && fromAfar(this.camera.zoom));
  /** Whether they are only of what is in view. */
  partial = $derived(!fromAfar(this.camera.zoom));
  pointed = $state.raw<Pointed | null>(null);
  chosen = $state.raw<Chosen | null>(null);
  /** What of the map the chosen one is or is in. */
  holder = $state.raw<Holder | null>(null);
  /** Groups of packages; then nothing else is shown. */
  pins = $state.raw<readonly Pin[] | null>(null);
  /** What stands inside the chosen one. */
  tags = $state.raw<readonly PlacedTag[]>([]);
  /** Carriers in the order in which they were first seen. */
  carriers = $state.raw<readonly string[]>([]);
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
  #aged_at = -Infinity;
  #backdrop: Backdrop;
  #pins: Pins | null = null;
  #closed = false;
  #observer: ResizeObserver;

  constructor(
    element: HTMLElement,
    memory: WebAssembly.Memory,
    begin: Begin,
    private readonly heard: Heard,
  ) {
    this.#theme = begin.theme;
    this.#calm = begin.calm;
    this.colouring = begin.colouring;
    this.flat = begin.flat;
    this.at = begin.at;
    this.camera = begin.camera;
    this.#fleet = new Fleet(memory, begin.narrowed ?? {}, {
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
    this.#backdrop = new Backdrop(this.#surface);
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

  get scene(): Scene {
    return this.#fleet.scene;
  }

  get #look(): Look {
    const { colouring, carriers, taller } = this;
    return { theme: this.#theme, colouring, carriers, taller };
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#renewal);
    cancelAnimationFrame(this.#frame);
    document.removeEventListener("visibilitychange", this.#seen);
    this.#observer.disconnect();
    this.chosen?.close();
    this.#pins?.close();
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
    const spot = this.#chosenHolder();
    if (spot) this.fly({ lat: spot.lat, lon: spot.lon, zoom }, 1400);
  }

  /** Comes so near that a building opens into its floors. */
  lookInside(): void {
    const spot = this.#chosenHolder();
    const zoom = this.#surface.view().width < NARROW_PX ? 16 : 17.2;
    if (spot) this.fly({ lat: spot.lat, lon: spot.lon, zoom, pitch: 58, bearing: 25 }, 2600);
  }

  /** Shows all of the chosen one's track, or the place it is at. */
  frame(duration_ms: number): void {
    const spot = this.#chosenHolder();
    const points: Raised[] = [...(this.chosen?.track ?? [])];
    if (spot) points.push({ ...spot, height: spot.height_m });
    const found = framingRaised(points, this.#surface.view(), 42);
    if (found) this.fly(found, duration_ms);
  }

  /** Shows groups of packages and nothing else, or everything again; framed once it is known
   * where all are, unless nothing is said. */
  pin(groups: readonly Group[] | null, frame_ms: number | null): void {
    if (!groups && !this.#pins) return;
    this.#pins?.close();
    let ms = frame_ms;
    const changed = (): void => {
      if (ms !== null && this.#pins?.known) {
        const found = fromAbove(this.#pins.points(this.instant), this.#surface.view());
        if (found) this.fly(found, ms);
        ms = null;
      }
      this.#draw();
    };
    this.#pins = groups && new Pins(groups, changed);
    this.pins = groups && [];
    this.#follow();
    changed();
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
    this.#fleet.show(this.#pins ? [] : tilesOf(bounds, camera.zoom), this.at);
    this.#pins?.follow(this.at);
    this.chosen?.follow(this.at);
  }

  #settled(): void {
    if (!this.ready) return;
    this.#follow();
    this.#backdrop.show(this.instant);
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
    this.#place();
    const unseen = this.scene.carriers.filter((it) => !this.carriers.includes(it));
    if (unseen.length > 0) this.carriers = [...this.carriers, ...unseen];
    this.#dots = dotsOf(resting(this.scene), crowds(this.scene), this.#look);
    this.#surface.dots(this.#dots);
    this.holder = this.#chosenHolder();
    // A part of the first sums adds up to nothing.
    if (!this.waiting) this.#count();
    this.#draw();
  }

  /** Everything to where it is at the instant that is shown. */
  #place(): void {
    const at = this.instant;
    const arranged = this.scene.arrange();
    this.scene.place(at);
    if (!arranged && Math.abs(at - this.#aged_at) < AGE_MS) return;
    this.#aged_at = at;
    this.scene.age(at);
  }

  #draw(): void {
    if (!this.ready || this.#closed) return;
    this.#advance();
    this.#place();
    const lens = this.#surface.view();
    this.camera = this.#surface.camera;
    this.times = exaggeration(lens.zoom, this.taller);
    this.metresPerPixel = lens.metresPerPixel(this.camera.lat);
    const chosen = this.#chosenHolder();
    const hovered = this.pointed?.holder ? this.scene.slotOf(this.pointed.holder.key) : null;
    const on = new Set<number>();
    if (chosen) on.add(chosen.slot);
    if (hovered !== null) on.add(hovered);
    const all = [...travelling(this.scene), ...(chosen?.slot === ALONE ? [chosen] : [])];
    this.#marks = marksOf(all, this.#look, lens, on);
    const look = { ...this.#look, times: this.times };
    const drawn = chosen && this.chosen && selection(this.chosen, chosen, this.at, look, lens);
    this.tags = drawn?.tags ?? [];
    const lines = [...(drawn?.lines ?? []), ...fence(this.#marks)];
    this.#surface.draw(this.#marks, lines, drawn?.solids ?? []);
    this.#surface.on(on);
    this.#doubt(chosen);
    if (this.#pins) this.pins = this.#pins.seen(this.instant, lens);
    this.#soon(Math.max(0, ...all.map((it) => it.speed_mps)));
  }

  #chosenHolder(): Holder | null {
    const { chosen } = this;
    if (!chosen) return null;
    return chosen.among(this.scene) ?? chosen.standIn(this.instant, this.at === null);
  }

  /** How far off the chosen and the hovered one may be. */
  #doubt(chosen: Holder | null): void {
    const asked = this.chosen?.whereabouts?.radius_95_m;
    const shown: Holder[] = chosen ? [{ ...chosen, radius_95_m: asked ?? chosen.radius_95_m }] : [];
    const hovered = this.pointed?.holder;
    if (hovered && hovered.key !== chosen?.key) shown.push(hovered);
    this.#backdrop.doubt(doubts(shown, this.#look));
  }

  /** From afar everything counts, also what is behind the globe. */
  #count(): void {
    this.sums = this.scene.sums(this.partial ? this.#surface.bounds : undefined);
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
        this.#count();
      }
    }
    this.#backdrop.show(this.instant);
  }

  #soon(fastest_mps: number): void {
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#frame);
    if (document.hidden || this.#surface.moving) return;
    if (this.at !== null && this.speed === 0) return;
    const played = this.at === null ? 1 : this.speed;
    const wait_ms = pause((fastest_mps * played) / this.metresPerPixel, this.#calm);
    const frame = (): void => {
      this.#frame = requestAnimationFrame(() => this.#draw());
    };
    if (wait_ms === null) frame();
    else this.#timer = setTimeout(frame, wait_ms);
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
    return hit && pointedAt(hit, this.scene, this.#chosenHolder());
  }
}
