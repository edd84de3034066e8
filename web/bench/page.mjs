// In the browser: fills a scene with holders that all move, and places them frame by frame.
import init, { Scene } from "/generated/browser.js";

const NOW = Date.UTC(2026, 5, 21, 12);
const MINUTE = 60_000;

/** Numbers that follow from a seed, so that every run has the same herd. */
function chances(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

/** Aircraft, trucks, trains and vessels on ways of five points, all under way at NOW. */
function herd(scene, count) {
  const chance = chances(7);
  const kinds = [
    ["aircraft", "air", 0.25],
    ["truck", "road", 0.025],
    ["train", "rail", 0.04],
    ["vessel", "sea", 0.01],
  ];
  for (let number = 0; number < count; number++) {
    const [kind, mode, km_s] = kinds[number % kinds.length];
    const [east, north] = [chance() - 0.5, chance() - 0.5];
    let [lon, lat] = [chance() * 340 - 170, chance() * 140 - 70];
    const path = new Float64Array(20);
    for (let point = 0; point < 5; point++) {
      const at = NOW + (point - 1) * 10 * MINUTE + chance() * MINUTE;
      path.set([at, lon, lat, mode === "air" ? 9000 + 500 * point : 100], point * 4);
      const degrees = (km_s * 600) / 111;
      lon = Math.max(-179.9, Math.min(179.9, lon + degrees * east * 2));
      lat = Math.max(-85, Math.min(85, lat + degrees * north * 2 + chance() * 0.01));
    }
    const key = `01${number.toString(16).padStart(32, "0")}`;
    scene.putHolder(key, kind, mode, "predicted", "ups", 40, 0, 300, NOW - MINUTE, undefined, path);
  }
}

function times(count, run) {
  const taken = [];
  for (let turn = 0; turn < count; turn++) {
    const begun = performance.now();
    run(turn);
    taken.push(performance.now() - begun);
  }
  taken.sort((a, b) => a - b);
  const of = (part) => taken[Math.min(taken.length - 1, Math.floor(part * taken.length))];
  return { least: taken[0], median: of(0.5), p95: of(0.95), most: taken[taken.length - 1] };
}

globalThis.measure = async (count) => {
  const { memory } = await init({ module_or_path: "/generated/browser_bg.wasm" });
  const scene = new Scene();
  const arranging = times(1, () => {
    herd(scene, count);
    scene.arrange();
  });
  const before = memory.buffer.byteLength;
  const first = times(1, () => scene.place(NOW, 8, 50));
  let moving = 0;
  // As on a screen of 60 frames a second: at the world's pace, and played back faster.
  const live = times(300, (frame) => (moving = scene.place(NOW + frame * (1000 / 60), 8, 50)));
  const fast = times(300, (frame) => scene.place(NOW + frame * 1000, 8, 50));
  // Every holder at another instant than before, as when somebody drags the time bar.
  const jump = times(40, (turn) => scene.place(NOW + (turn % 2) * 9 * MINUTE, 8, 50));
  const aging = times(10, (turn) => scene.age(NOW + turn * 1000));
  const grown = memory.buffer.byteLength - before;
  return { count: scene.moving, moving, arranging, first, live, fast, jump, aging, grown };
};
document.title = "ready";
