// How long a browser takes to place 100,000 holders that all move, frame by frame, in headless
// Chromium, without drawing them. `node web/bench/motion.mjs [HOLDERS]`, after `make wasm`.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";

import { chromium } from "@playwright/test";

const count = Number(process.argv[2] ?? 100_000);
const folders = {
  "/bench/": new URL("./", import.meta.url),
  "/generated/": new URL("../src/browser/generated/", import.meta.url),
};
const media = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

const server = createServer(async ({ url }, answer) => {
  const folder = Object.keys(folders).find((it) => url.startsWith(it));
  try {
    const body = await readFile(new URL(url.slice(folder.length), folders[folder]));
    const type = media[extname(url)] ?? "application/octet-stream";
    answer.writeHead(200, { "content-type": type, "content-security-policy": policy }).end(body);
  } catch {
    answer.writeHead(404).end();
  }
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const address = `http://127.0.0.1:${server.address().port}/bench/motion.html`;

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage();
  page.on("pageerror", (why) => console.error(why.message));
  await page.goto(address);
  await page.waitForFunction(() => document.title === "ready");
  const it = await page.evaluate((holders) => globalThis.measure(holders), count);
  const ms = ({ least, median, p95, most }) =>
    `at least ${least.toFixed(2)} ms, median ${median.toFixed(2)} ms, 95 of 100 within ${p95.toFixed(2)} ms, at most ${most.toFixed(2)} ms`;
  console.log(
    `${it.count.toLocaleString("en")} holders, ${it.moving.toLocaleString("en")} moving, ${browser.version()}`,
  );
  console.log(`  a frame at the world's pace   ${ms(it.live)}`);
  console.log(`  a frame at 60 times its pace  ${ms(it.fast)}`);
  console.log(`  every one at another instant  ${ms(it.jump)}`);
  console.log(`  ages, bases and radii         ${ms(it.aging)}`);
  console.log(
    `  taking them in                ${it.arranging.most.toFixed(0)} ms, first frame ${it.first.most.toFixed(1)} ms`,
  );
  console.log(`  memory taken while placing    ${it.grown} bytes`);
} finally {
  await browser.close();
  server.close();
}
