// The one module that touches the map's libraries: it draws scenes, and says where somebody looks.
import { IconLayer, LineLayer, SolidPolygonLayer } from "@deck.gl/layers";
import { MapLibreOverlay } from "@deck.gl/maplibre";
import type { FeatureCollection } from "geojson";
import * as maplibre from "maplibre-gl";
import "./surface.css";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { Protocol } from "pmtiles";

import type { Bounds } from "../browser/scene";
import { breathe } from "./breathing";
import type { Begin } from "./face";
import { discs } from "./ground";
import type { Solid } from "./inside";
import { Lens } from "./lens";
import { unit } from "./sphere";
import { light } from "./night";
import { grounds, type Theme } from "./palette";
import type { Dot, Mark, View } from "./marks";
import { atlas, ICON_SCALE } from "./shapes";
import { LABELS_FROM, style } from "./style";

export interface Camera {
  readonly lat: number;
  readonly lon: number;
  readonly zoom: number;
  readonly pitch: number;
  readonly bearing: number;
}

/** A line in space: longitude, latitude, metres as drawn. */
export interface Line {
  readonly from: readonly [number, number, number];
  readonly to: readonly [number, number, number];
  readonly colour: readonly [number, number, number, number];
  readonly width: number;
}

export interface Told {
  /** The camera moves; drawn anew for each frame of it. */
  readonly moved: () => void;
  readonly settled: () => void;
  /** Somebody touched the map: whatever moves the camera by itself stops. */
  readonly touched: () => void;
  readonly pointed: (at: { x: number; y: number } | null) => void;
  readonly picked: (at: { x: number; y: number; lat: number; lon: number }) => void;
}

/** From here on the Earth looks flat anyway, and positions need all their digits. */
const FLAT_FROM = 6.5;
const ZOOM = { min: 0.6, max: 19.5 };
const PITCH_MAX = 78;

let protocol: Protocol | null = null;

export class Surface {
  #map: maplibre.Map;
  #overlay = new MapLibreOverlay({ interleaved: true, layers: [] });
  #atlas = atlas();
  #theme: Theme;
  #flat: boolean;
  #on = new Set<number>();
  #ready = false;
  #drawn: { marks: readonly Mark[]; lines: readonly Line[]; solids: readonly Solid[] } = {
    marks: [],
    lines: [],
    solids: [],
  };
  #data = new Map<string, FeatureCollection>();

  constructor(
    private readonly element: HTMLElement,
    begin: Pick<Begin, "camera" | "theme" | "flat" | "plain"> & { readonly basemap: string },
    private readonly told: Told,
  ) {
    if (!protocol) {
      maplibre.setWorkerUrl(worker);
      protocol = new Protocol();
      maplibre.addProtocol("pmtiles", protocol.tile);
    }
    const { plain } = begin;
    this.#theme = begin.theme;
    this.#flat = begin.flat;
    this.basemap = `pmtiles://${new URL(begin.basemap, location.href).href}`;
    const { lat, lon, zoom, pitch, bearing } = begin.camera;
    this.#map = new maplibre.Map({
      container: element,
      style: {
        ...style(begin.theme, this.basemap),
        projection: { type: this.#projectionAt(zoom) },
      },
      center: [lon, lat],
      zoom,
      pitch,
      bearing,
      minZoom: ZOOM.min,
      maxZoom: ZOOM.max,
      maxPitch: PITCH_MAX,
      attributionControl: false,
      // A test validates it, so that nobody waits for it.
      validateStyle: false,
      fadeDuration: plain ? 0 : 200,
      canvasContextAttributes: { antialias: !plain },
      ...(plain ? { pixelRatio: 1 } : {}),
    });
    if (plain) breathe(this.#map);
    this.#map.keyboard.enable();
    this.#map.getCanvas().setAttribute("aria-label", element.getAttribute("aria-label") ?? "");
    this.#listen();
  }

  private readonly basemap: string;

  /** When there is ground to draw on; its tiles come while everything else does. */
  begun(): Promise<void> {
    return new Promise((done) => {
      this.#map.once("style.load", () => {
        this.#ready = true;
        this.#map.addControl(this.#overlay);
        this.#sources();
        this.#again();
        done();
      });
    });
  }

  get camera(): Camera {
    const { lat, lng } = this.#map.getCenter();
    const [zoom, pitch, bearing] = [
      this.#map.getZoom(),
      this.#map.getPitch(),
      this.#map.getBearing(),
    ];
    return { lat, lon: lng, zoom, pitch, bearing };
  }

  get bounds(): Bounds {
    const box = this.#map.getBounds();
    return {
      west: box.getWest(),
      south: box.getSouth(),
      east: box.getEast(),
      north: box.getNorth(),
    };
  }

  get isGlobe(): boolean {
    return this.#map.getProjection().type === "globe";
  }

  get moving(): boolean {
    return this.#map.isMoving();
  }

  /** What the scene asks of this moment's camera. */
  view(): View & Lens {
    const map = this.#map;
    const { clientWidth: width, clientHeight: height } = map.getCanvas();
    const { transform } = map._camera;
    const eye = transform.getCameraLngLat();
    const camera = { ...this.camera, width, height, globe: this.isGlobe };
    return new Lens(camera, unit([eye.lat, eye.lng]), transform.getCameraAltitude());
  }

  draw(marks: readonly Mark[], lines: readonly Line[], solids: readonly Solid[]): void {
    this.#drawn = { marks, lines, solids };
    if (!this.#ready) return;
    const beforeId = LABELS_FROM;
    const halo = rgb(grounds[this.#theme].halo);
    const seen = { depthCompare: "always", cullMode: "none" } as const;
    const icons = {
      data: marks,
      iconAtlas: this.#atlas.picture as unknown as string,
      iconMapping: this.#atlas.cells,
      getPosition: (it: Mark): [number, number, number] => [it.lon, it.lat, it.height_m],
      getSize: (it: Mark) => it.size * ICON_SCALE,
      getAngle: (it: Mark) => it.turned,
      sizeUnits: "pixels",
      billboard: true,
      alphaCutoff: 0.02,
      parameters: seen,
      beforeId,
    } as const;
    this.#overlay.setProps({
      layers: [
        solids.length > 0 &&
          new SolidPolygonLayer<Solid>({
            id: "solids",
            data: solids,
            getPolygon: (it) => it.polygon as [number, number, number][],
            getElevation: (it) => it.tall_m,
            getFillColor: (it) => [...it.colour],
            extruded: true,
            parameters: { cullMode: "none" },
            ...{ beforeId },
          }),
        new LineLayer<Line>({
          id: "lines",
          data: lines,
          getSourcePosition: (it) => [...it.from],
          getTargetPosition: (it) => [...it.to],
          getColor: (it) => [...it.colour],
          getWidth: (it) => it.width,
          widthUnits: "pixels",
          // Without this lines are invisible on the globe.
          parameters: { cullMode: "none", depthWriteEnabled: false },
          ...{ beforeId },
        }),
        new IconLayer<Mark>({
          ...icons,
          id: "halos",
          getIcon: (it) => `${it.shape}-halo`,
          getColor: (it) => [halo[0], halo[1], halo[2], Math.round(it.colour[3] * 0.85)],
        }),
        new IconLayer<Mark>({
          ...icons,
          id: "icons",
          getIcon: (it) => `${it.shape}-${it.drawn}`,
          getColor: (it) => [...it.colour],
        }),
      ],
    });
  }

  #again(): void {
    this.draw(this.#drawn.marks, this.#drawn.lines, this.#drawn.solids);
  }

  dots(dots: readonly Dot[]): void {
    this.#set("resting", {
      type: "FeatureCollection",
      features: dots.map(({ lat, lon, ...properties }) => ({
        type: "Feature",
        geometry: { type: "Point", coordinates: [lon, lat] },
        properties,
      })),
    });
  }

  /** Marks dots as hovered or chosen. */
  on(keys: ReadonlySet<number>): void {
    const state = (key: number, on: boolean): void => {
      if (this.#ready) this.#map.setFeatureState({ source: "resting", id: key }, { on });
    };
    for (const key of this.#on) if (!keys.has(key)) state(key, false);
    for (const key of keys) state(key, true);
    this.#on = new Set(keys);
  }

  shapes(source: "night" | "grid" | "discs", shapes: FeatureCollection): void {
    this.#set(source, shapes);
  }

  /** Shows how far around a point something reaches. */
  ring(at: { readonly lat: number; readonly lon: number }, radius_m: number): void {
    this.shapes("discs", discs([{ lat: at.lat, lon: at.lon, radius_m, tone: "moving" }]));
  }

  /** The light of the atmosphere comes from the sun. */
  sun(at: number): void {
    if (!this.#ready) return;
    this.#map.setLight({ anchor: "map", position: light(at) });
  }

  theme(theme: Theme): void {
    if (theme === this.#theme) return;
    this.#theme = theme;
    const projection = this.#map.getProjection();
    this.#map.setStyle(
      { ...style(theme, this.basemap), projection },
      { diff: true, validate: false },
    );
    this.#map.once("styledata", () => {
      this.#sources();
      this.#again();
    });
  }

  flat(flat: boolean): void {
    this.#flat = flat;
    this.#project();
  }

  fly(to: Partial<Camera>, duration: number, padding?: maplibre.PaddingOptions): void {
    const { lat, lon, ...rest } = to;
    const center =
      lat !== undefined && lon !== undefined ? { center: [lon, lat] as [number, number] } : {};
    const options = { ...rest, ...center, ...(padding ? { padding } : {}) };
    if (duration === 0) this.#map.jumpTo(options);
    else this.#map.easeTo({ ...options, duration, essential: false, easing: smooth });
  }

  zoomBy(levels: number): void {
    this.#map.easeTo({ zoom: this.#map.getZoom() + levels, duration: 260 });
  }

  halt(): void {
    this.#map.stop();
  }

  resize(): void {
    this.#map.resize();
  }

  close(): void {
    this.#overlay.finalize();
    this.#map.remove();
  }

  #projectionAt(zoom: number): "globe" | "mercator" {
    return this.#flat || FLAT_FROM < zoom ? "mercator" : "globe";
  }

  #project(): void {
    const type = this.#projectionAt(this.#map.getZoom());
    if (this.#ready && this.#map.getProjection().type !== type) this.#map.setProjection({ type });
  }

  #set(source: string, data: FeatureCollection): void {
    this.#data.set(source, data);
    if (!this.#ready) return;
    const found = this.#map.getSource(source);
    if (found instanceof maplibre.GeoJSONSource) void found.setData(data);
  }

  #sources(): void {
    for (const [source, data] of this.#data) this.#set(source, data);
  }

  #listen(): void {
    const map = this.#map;
    map.on("move", () => {
      this.#project();
      this.told.moved();
    });
    map.on("moveend", () => this.told.settled());
    const touched = (): void => this.told.touched();
    for (const name of ["pointerdown", "wheel", "keydown", "touchstart"] as const) {
      this.element.addEventListener(name, touched, { passive: true });
    }
    map.on("mousemove", (event) => this.told.pointed(event.point));
    map.on("mouseout", () => this.told.pointed(null));
    map.on("click", ({ point: { x, y }, lngLat }) => {
      const { lat, lng: lon } = lngLat.wrap();
      this.told.picked({ x, y, lat, lon });
    });
  }
}

function smooth(part: number): number {
  return part < 0.5 ? 4 * part ** 3 : 1 - (-2 * part + 2) ** 3 / 2;
}

function rgb(hex: string): [number, number, number] {
  const number = Number.parseInt(hex.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}
