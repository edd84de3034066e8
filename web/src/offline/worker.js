// Opens the app without a connection: keeps its own files, never data. The build fills in their names.
const FILES = [/* files */];
const PAGE = "/";
const BESIDE = ["/icon.svg", "/manifest.webmanifest"];
// Files carry their version in their names; what no longer is one of them goes.
const CACHE = "app";

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});

async function install() {
  const cache = await caches.open(CACHE);
  const kept = new Set((await cache.keys()).map((it) => new URL(it.url).pathname));
  await cache.addAll(FILES.filter((it) => !kept.has(it)));
  await cache.addAll([PAGE, ...BESIDE].map((it) => new Request(it, { cache: "no-cache" })));
  await self.skipWaiting();
}

self.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

async function activate() {
  const cache = await caches.open(CACHE);
  const wanted = new Set([PAGE, ...BESIDE, ...FILES]);
  const old = (await cache.keys()).filter((it) => !wanted.has(new URL(it.url).pathname));
  await Promise.all(old.map((it) => cache.delete(it)));
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (!/^\/(v1|login|metrics|healthz)(\/|$)/.test(url.pathname)) event.respondWith(page(request));
  } else if (url.pathname.startsWith("/assets/") || BESIDE.includes(url.pathname)) {
    event.respondWith(file(request));
  }
});

// The page is asked for each time, so that a new version shows at once; the one before stands in for it.
async function page(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(PAGE);
    if (kept) return kept;
    throw error;
  }
}

async function file(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok && new URL(request.url).pathname.startsWith("/assets/")) {
    const cache = await caches.open(CACHE);
    await cache.put(request, response.clone());
  }
  return response;
}
