// What Lighthouse says of the sign-in, list and package pages on the built binary, on a desk and on
// a phone: `node web/bench/lighthouse.mjs BINARY`. Fails below what was promised.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The newest that Node 20 runs. */
const LIGHTHOUSE = "lighthouse@12.8.2";
const LEAST = { performance: 90, accessibility: 100, "best-practices": 100 };
const binary = process.argv[2];
if (!binary) throw new Error("usage: node web/bench/lighthouse.mjs BINARY");

const folder = await mkdtemp(join(tmpdir(), "whereabouts-lighthouse-"));
const server = spawn(
  binary,
  [
    "serve",
    "--demo",
    "--packages",
    "600",
    "--data",
    join(folder, "data"),
    "--listen",
    "127.0.0.1:0",
  ],
  { stdio: ["ignore", "pipe", "inherit"] },
);
try {
  const link = await printed(server.stdout, /administrator\s+(http:\S+)/);
  const url = new URL(link).origin;
  const session = await signIn(link);
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
      const scores = await look(url + path, form, who);
      short ||= Object.entries(LEAST).some(([what, least]) => scores[what] < least);
      const said = Object.entries(scores).map(([what, score]) => `${what} ${score}`);
      console.log(`${name.padEnd(8)} ${form.padEnd(8)} ${said.join(", ")}`);
    }
  }
  if (short) process.exitCode = 1;
} finally {
  server.kill();
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

/** The first group of what a stream prints sooner or later. */
function printed(stream, pattern) {
  return new Promise((done, failed) => {
    let text = "";
    stream.on("data", (part) => {
      text += part;
      const found = pattern.exec(text);
      if (found) done(found[1]);
    });
    stream.on("end", () => failed(new Error(`it ended without ${pattern}:\n${text}`)));
  });
}

/** The session that a one-time link gives. */
async function signIn(link) {
  const answer = await fetch(link, { redirect: "manual" });
  const set = answer.headers.getSetCookie().join("\n");
  const [, session] = /__Host-session=([^;]+)/.exec(set) ?? [];
  if (!session) throw new Error(`${link} signs nobody in (${answer.status})`);
  return session;
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
