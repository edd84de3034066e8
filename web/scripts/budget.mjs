// Fails when the built app weighs more than was promised: what a browser loads, compressed.
import { existsSync, readFileSync, statSync } from "node:fs";

const KB = 1000;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

/** Bytes of a file as it travels. */
function weight(file) {
  const packed = new URL(`${file}.br`, dist);
  return statSync(existsSync(packed) ? packed : new URL(file, dist)).size;
}

/** Every file that entries load at once, directly or not. */
function loaded(keys, { lazily = false, except = () => false } = {}) {
  const files = new Set();
  const seen = new Set();
  const walk = (key) => {
    if (seen.has(key) || except(key)) return;
    seen.add(key);
    const chunk = manifest[key];
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
    for (const asset of chunk.assets ?? []) if (!isForeignScript(asset)) files.add(asset);
    for (const next of chunk.imports ?? []) walk(next);
    if (lazily) for (const next of chunk.dynamicImports ?? []) walk(next);
  };
  keys.forEach(walk);
  return files;
}

/** A browser fetches a font's file for a script only when it shows text in it. */
function isForeignScript(asset) {
  return /inter-(cyrillic|greek|vietnamese|latin-ext)/.test(asset);
}

const isMap = (key) => /src\/(map|browser)\//.test(key) || /maplibre|deck/.test(key);
const entry = Object.keys(manifest).filter((it) => manifest[it].isEntry);
const firstPages = ["src/pages/everyday.ts", "src/pages/package/PackagePage.svelte"];
const sum = (files) => [...files].reduce((total, file) => total + weight(file), 0);

// Scripts that may ask for the WebAssembly later name it; none of it is loaded before.
const before = [...loaded([...entry, ...firstPages], { except: isMap })].filter(
  (it) => !it.endsWith(".wasm"),
);
const whole = loaded(entry, { lazily: true });
/** Which part of each script and style is our own. */
const own = JSON.parse(readFileSync(new URL(".vite/own.json", dist), "utf8"));
const ours = (kind) =>
  [...whole]
    .filter((it) => kind.test(it))
    .reduce((total, file) => total + weight(file) * (own[file] ?? 0), 0);
const wasm = [...whole].filter((it) => it.endsWith(".wasm"));

let over = false;
function budget(what, bytes, most) {
  const says = `${what}: ${(bytes / KB).toFixed(1)} kB of ${(most / KB).toFixed(0)} kB`;
  if (bytes > most) over = true;
  console.log(bytes > most ? `OVER BUDGET  ${says}` : `within       ${says}`);
}
budget("before the map (home, list and package page, with the font)", sum(before), 150 * KB);
// All pages together, of which a person loads a few.
budget("all of the app's own code", ours(/js$/), 150 * KB);
budget("all of its styles", ours(/css$/), 25 * KB);
budget("WebAssembly", sum(wasm), 300 * KB);
budget("everything, with map and WebAssembly", sum(whole), 1300 * KB);
if (over) process.exit(1);
