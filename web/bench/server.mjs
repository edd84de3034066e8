// The binary on a folder, with somebody who may do everything, for benchmarks in a browser.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PASSWORD = "four unrelated words";

/** Starts it, on a new folder if none is given, with a demo of so many packages if that is; `stop`
 * ends it. */
export async function serve(binary, kept, demo) {
  const passing = kept ? null : await mkdtemp(join(tmpdir(), "whereabouts-bench-"));
  const world = demo ? ["--demo", "--packages", String(demo)] : [];
  const args = ["serve", ...world, "--data", kept ?? passing, "--listen", "127.0.0.1:0"];
  const server = spawn(binary, args, { stdio: ["ignore", "pipe", "ignore"] });
  const said = await greeting(server.stdout);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)[0];
  const session = await letIn(url, said);
  const post = async (path, body) => {
    const said = await send(url, session, path, body);
    if (!said.ok) throw new Error(`${path}: ${said.status} ${await said.text()}`);
    return said.json();
  };
  const stop = async () => {
    const ended = new Promise((done) => server.on("exit", done));
    server.kill();
    await ended;
    if (passing) await rm(passing, { recursive: true, force: true });
  };
  return { url, session, post, stop };
}

/** The session of its administrator: by the demo's link, by the token of a first start, or as the
 * one who was made then. */
async function letIn(url, said) {
  const link = /administrator\s+(http:\S+)/.exec(said)?.[1];
  const token = /#setup=(\S+)/.exec(said)?.[1];
  const way = token ? ["/v1/setup", { token }] : ["/v1/session", {}];
  const answer = link
    ? await fetch(link, { redirect: "manual" })
    : await send(url, "", way[0], { ...way[1], name: "admin", password: PASSWORD });
  const set = answer.headers.getSetCookie().join("\n");
  const [, session] = /__Host-session=([^;]+)/.exec(set) ?? [];
  if (!session) throw new Error(`nobody is let in: ${answer.status} ${await answer.text()}`);
  return session;
}

function send(url, session, path, body) {
  const headers = {
    origin: url,
    "content-type": "application/json",
    "idempotency-key": crypto.randomUUID(),
    ...(session ? { cookie: `__Host-session=${session}` } : {}),
  };
  return fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** What it says when it serves. */
function greeting(stdout) {
  return new Promise((done, failed) => {
    let said = "";
    stdout.on("data", (bytes) => {
      said += bytes;
      if (said.includes("Ctrl-C")) done(said);
    });
    stdout.on("end", () => failed(new Error(`it ended: ${said}`)));
  });
}
