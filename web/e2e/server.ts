// A server of the real binary on a free port with a folder of its own, and the API as people use it.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const START_MS = 60_000;

export class Server {
  private constructor(
    readonly url: string,
    readonly setupToken: string,
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(): Promise<Server> {
    const binary = process.env["WHEREABOUTS_BINARY"];
    if (!binary) throw new Error("WHEREABOUTS_BINARY names the binary: e2e/run.sh BINARY");
    const folder = mkdtempSync(join(tmpdir(), "whereabouts-e2e-"));
    const args = ["serve", "--data", join(folder, "data"), "--listen", "127.0.0.1:0"];
    const child = spawn(binary, args, { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    const greeted = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`it did not start: ${said}`)), START_MS);
      child.stdout.on("data", (bytes: Buffer) => {
        said += bytes.toString();
        if (!said.includes("Ctrl-C")) return;
        clearTimeout(timer);
        resolve();
      });
      child.on("exit", () => reject(new Error(`it ended: ${said}`)));
    });
    await greeted;
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? "";
    const token = /#setup=(\S+)/.exec(said)?.[1] ?? "";
    return new Server(url, token, child, folder);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.on("exit", resolve));
    this.process.kill("SIGTERM");
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Begins a session and gives what its cookie holds. */
  async session(path: "/v1/session" | "/v1/setup", body: object): Promise<string> {
    const response = await this.send("", "POST", path, body);
    const cookie = /__Host-session=([^;]+)/.exec(response.headers.get("set-cookie") ?? "")?.[1];
    if (!cookie) throw new Error(`nobody was let in: ${await response.text()}`);
    return cookie;
  }

  /** Does something as whoever a session is of; what is refused fails. */
  async call<T>(session: string, method: string, path: string, body?: object): Promise<T> {
    const response = await this.send(session, method, path, body);
    if (!response.ok)
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  send(session: string, method: string, path: string, body?: object): Promise<Response> {
    const headers = {
      origin: this.url,
      "content-type": "application/json",
      "idempotency-key": crypto.randomUUID(),
      ...(session ? { cookie: `__Host-session=${session}` } : {}),
    };
    return fetch(this.url + path, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  }
}
