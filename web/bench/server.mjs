// The binary on a folder, with somebody who may do everything, for benchmarks in a browser.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PASSWORD = "four unrelated words";

/** Starts it, on a new folder if none is given; `stop` ends it. */
export async function serve(binary, kept) {
  const passing = kept ? null : await mkdtemp(join(tmpdir(), "whereabouts-bench-"));
  const args = ["serve", "--data", kept ?? passing, "--listen", "127.0.0.1:0"];
  const server = spawn(binary, args, { stdio: ["ignore", "pipe", "ignore"] });
  const [url, token] = await greeting(server.stdout);
  const way = token ? ["/v1/setup", { token }] : ["/v1/session", {}];
  const answer = await send(url, "", way[0], { ...way[1], name: "admin", password: PASSWORD });
  const [, session] = /__Host-session=([^;]+)/.exec(answer.headers.get("set-cookie")) ?? [];
  if (!session) throw new Error(`nobody is let in: ${await answer.text()}`);
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

function send(url, session, path, body) {
  const headers = {
    origin: url,
    "content-type": "application/json",
    "idempotency-key": crypto.randomUUID(),
    ...(session ? { cookie: `__Host-session=${session}` } : {}),
  };
  return fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** Its address, and the token of a first start. */
function greeting(stdout) {
  return new Promise((done, failed) => {
    let said = "";
    stdout.on("data", (bytes) => {
      said += bytes;
      if (!said.includes("Ctrl-C")) return;
      done([/http:\/\/127\.0\.0\.1:\d+/.exec(said)[0], /#setup=(\S+)/.exec(said)?.[1]]);
    });
    stdout.on("end", () => failed(new Error(`it ended: ${said}`)));
  });
}
