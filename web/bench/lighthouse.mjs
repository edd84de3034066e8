// What Lighthouse says of the sign-in, list and package pages on the built binary, on a desk and on
// a phone: `node web/bench/lighthouse.mjs BINARY`. Fails below what was promised.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { serve } from "./server.mjs";

/** The middle one counts: what else the machine does tells on single ones. */
const RUNS = 5;
/** The newest that Node 20 runs. */
const LIGHTHOUSE = "lighthouse@12.8.2";
const LEAST = { performance: 90, accessibility: 100, "best-practices": 100 };
const binary = process.argv[2];
if (!binary) throw new Error("usage: node web/bench/lighthouse.mjs BINARY");

const folder = await mkdtemp(join(tmpdir(), "whereabouts-lighthouse-"));
let server = null;
try {
  server = await serve(binary, join(folder, "data"), 600);
  const { url, session } = server;
  const cookie = `__Host-session=${session}`;
  const answer = await fetch(`${url}/v1/packages?limit=1`, { headers: { cookie } });
  const [first] = (await answer.json()).packages;
  const pages = [
    ["sign-in", "/", null],
    ["list", "/packages", cookie],
    ["package", `/packages/${first.id}`, cookie],
  ];
  let short = false;
  for (const [name, path, who] of pages) {
    for (const form of ["desktop", "mobile"]) {
      const runs = [];
      for (let run = 0; run < RUNS; run++) runs.push(await look(url + path, form, who));
      const said = Object.entries(LEAST).map(([what, least]) => {
        const scores = runs.map((it) => it[what]).sort((a, b) => a - b);
        const median = scores[RUNS >> 1];
        short ||= median < least;
        return `${what} ${median} (${scores[0]} to ${scores.at(-1)})`;
      });
      console.log(`${name.padEnd(8)} ${form.padEnd(8)} ${said.join(", ")}`);
    }
  }
  if (short) process.exitCode = 1;
} finally {
  await server?.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

/** Lighthouse's scores of a page, of 100. */
async function look(address, form, cookie) {
  const report = join(folder, "report.json");
  const flags = [
    ...["--quiet", "--output=json", `--output-path=${report}`],
    "--chrome-flags=--headless=new --no-sandbox",
    `--only-categories=${Object.keys(LEAST).join(",")}`,
    ...(form === "desktop" ? ["--preset=desktop"] : []),
    ...(cookie ? [`--extra-headers=${JSON.stringify({ cookie })}`] : []),
  ];
  const env = { ...process.env, CHROME_PATH: process.env["CHROMIUM"] ?? "/usr/bin/chromium" };
  await new Promise((done, failed) => {
    const run = spawn("npx", ["--yes", LIGHTHOUSE, address, ...flags], { env, stdio: "inherit" });
    run.on("exit", (code) => (code === 0 ? done() : failed(new Error(`lighthouse: ${code}`))));
  });
  const { categories, audits } = JSON.parse(await readFile(report, "utf8"));
  for (const { auditRefs } of Object.values(categories)) {
    for (const { id, weight } of auditRefs) {
      const { score, title, displayValue, details } = audits[id];
      if (weight === 0 || score === null || score >= 0.95 || process.env["WHY"] === undefined)
        continue;
      console.log(
        `  ${id} ${score}: ${title} ${displayValue ?? ""} ${JSON.stringify(details?.items ?? []).slice(0, 400)}`,
      );
    }
  }
  return Object.fromEntries(
    Object.entries(categories).map(([name, { score }]) => [name, Math.round(score * 100)]),
  );
}
