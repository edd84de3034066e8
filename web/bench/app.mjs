// How soon the built app can be worked with, and how soon news are seen on the map, in headless
// Chromium: `node web/bench/app.mjs BINARY [FOLDER]`. FOLDER holds what is looked at, as
// `cargo run --release -p bench -- world --folder FOLDER` fills it; none is an empty store.
import { chromium } from "@playwright/test";

import { serve } from "./server.mjs";

const [binary, folder] = process.argv.slice(2);
if (!binary) throw new Error("usage: node web/bench/app.mjs BINARY [FOLDER]");
const LOOKS = 5;
const NEWS = 60;
const AIM = { interactive_ms: 3_000, seen_ms: 1_000 };
const VIEW = { width: 1280, height: 800 };
const CAMERA = { lat: 46, lon: 8, zoom: 7 };

// A page can be worked with when what it is for stands there and it answers a key.
const PAGES = [
  ["home", "/", ".living.ready"],
  ["list", "/packages", '[role="row"], [role="option"], main a[href^="/packages/pkg_"]'],
  ["map", "/map", ".living.ready"],
];
const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
let server = null;
try {
  if (folder) {
    server = await serve(binary, folder);
    for (const it of PAGES) await looked(...it);
    await server.stop();
  }
  server = await serve(binary);
  await seen();
} finally {
  await browser.close();
  await server?.stop();
}

async function opened(hook) {
  const context = await browser.newContext({ viewport: VIEW });
  const url = server.url.replace("http:", "https:");
  await context.addCookies([{ name: "__Host-session", value: server.session, url, secure: true }]);
  await context.setExtraHTTPHeaders({ cookie: `__Host-session=${server.session}` });
  if (hook) await context.addInitScript(hook);
  return context.newPage();
}

/** From the address to a page that answers, in a browser that has never been here. */
async function looked(name, path, ready) {
  const each = [];
  for (let turn = 0; turn < LOOKS; turn++) {
    const page = await opened();
    const begun = performance.now();
    await page.goto(server.url + path, { waitUntil: "commit" });
    await page.waitForSelector(ready, { state: "attached" });
    await page.keyboard.press("/");
    await page.waitForFunction(() => document.activeElement?.tagName === "INPUT");
    each.push(performance.now() - begun);
    await page.context().close();
  }
  said(`${name} is shown and answers a key, ${LOOKS} first visits`, each, 0.5, AIM.interactive_ms);
}

/** From the answer to a scan of something new at a place until that place's pixels change. */
async function seen() {
  const spots = Array.from({ length: NEWS }, (_, nth) => ({
    x: 140 + (nth % 10) * 100,
    y: 160 + Math.floor(nth / 10) * 80,
  }));
  const places = [];
  for (const spot of spots) places.push(await place(spot));
  const page = await opened(keepPixels);
  const { lat, lon, zoom } = CAMERA;
  await page.goto(`${server.url}/map?lat=${lat}&lon=${lon}&zoom=${zoom}&flat=1`);
  await page.waitForSelector(".living.ready");
  const box = await page.locator(".living canvas").first().boundingBox();
  await page.waitForTimeout(5_000);
  const each = [];
  for (const [nth, spot] of spots.entries()) {
    const { id } = await server.post("/v1/packages", { description: `News ${nth}` });
    const at = onCanvas(spot, box);
    each.push(await page.evaluate(watchSpot, { at, id, place: places[nth] }));
  }
  said(
    `news are seen on the map after they were acknowledged, ${NEWS} scans`,
    each,
    0.95,
    AIM.seen_ms,
  );
}

/** What the map's ground shows there changes on its own: the camera rests and nobody moves. */
async function place({ x, y }) {
  const world = 512 * 2 ** CAMERA.zoom;
  const [px, py] = project(CAMERA.lat, CAMERA.lon, world);
  const position = unproject(px + x - VIEW.width / 2, py + y - VIEW.height / 2, world);
  const body = { name: `Spot ${x} ${y}`, kind: "facility", position, radius_m: 200 };
  return (await server.post("/v1/places", body)).id;
}

function project(lat, lon, world) {
  const y = Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);
  return [((lon + 180) / 360) * world, (0.5 - y) * world];
}

function unproject(x, y, world) {
  const lat = (Math.atan(Math.exp((0.5 - y / world) * 2 * Math.PI)) * 360) / Math.PI - 90;
  return { lat, lon: (x / world) * 360 - 180 };
}

/** A place is put down by its distance from the middle of the view, the canvas may be smaller. */
function onCanvas({ x, y }, box) {
  return { x: x - VIEW.width / 2 + box.width / 2, y: y - VIEW.height / 2 + box.height / 2 };
}

/** In the page, before it: a canvas keeps what was drawn, so that it can be read at any time. */
function keepPixels() {
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (kind, options) {
    return getContext.call(this, kind, { ...options, preserveDrawingBuffer: true });
  };
}

/** In the page: records a scan, and says how long after its answer the spot looks different. */
async function watchSpot({ at, id, place }) {
  const map = document.querySelector(".living canvas");
  const small = new OffscreenCanvas(16, 16).getContext("2d", { willReadFrequently: true });
  const scale = map.width / map.clientWidth;
  const look = () => {
    small.drawImage(
      map,
      (at.x - 8) * scale,
      (at.y - 8) * scale,
      16 * scale,
      16 * scale,
      0,
      0,
      16,
      16,
    );
    return small.getImageData(0, 0, 16, 16).data.join();
  };
  const before = look();
  const answer = await fetch(`/v1/packages/${id}/events`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
    body: JSON.stringify({ kind: "scanned", place, happened_at: new Date().toISOString() }),
  });
  const acknowledged = performance.now();
  if (!answer.ok) throw new Error(await answer.text());
  while (look() === before) {
    if (10_000 < performance.now() - acknowledged)
      throw new Error(`nothing is seen at ${at.x}, ${at.y}`);
    await new Promise((done) => setTimeout(done, 4));
  }
  return performance.now() - acknowledged;
}

function said(what, each, part, aim) {
  each.sort((a, b) => a - b);
  const of = (part) => each[Math.min(each.length - 1, Math.floor(part * each.length))];
  const [median, p95, most] = [0.5, 0.95, 1].map((it) => of(it).toFixed(0));
  const judged = `${part * 100} of 100 within ${aim} ms: ${of(part) <= aim ? "met" : "MISSED"}`;
  console.log(`${what}: median ${median} ms, p95 ${p95} ms, at most ${most} ms (${judged})`);
}
