// What the specs share: a small world on the real binary, and people who look at it.
import { type Page, test as base } from "@playwright/test";

import { Server } from "./server";
import { fill, type World } from "./world";

export type Person = "admin" | "auditor" | "desk" | "manager" | "viewer";
export const PASSWORD = "a long enough password";

const permissions: Record<Exclude<Person, "admin">, readonly string[]> = {
  auditor: ["audit"],
  desk: ["track", "enter"],
  manager: ["track", "manage"],
  viewer: ["track"],
};

export class Stage {
  private constructor(
    readonly server: Server,
    readonly world: World,
    readonly sessions: Readonly<Record<Person, string>>,
  ) {}

  static async set(): Promise<Stage> {
    const server = await Server.start();
    const token = server.setupToken;
    const admin = await server.session("/v1/setup", { token, name: "admin", password: PASSWORD });
    const sessions: Record<string, string> = { admin };
    for (const [name, may] of Object.entries(permissions)) {
      await server.call(admin, "POST", "/v1/users", { name, password: PASSWORD, permissions: may });
      sessions[name] = await server.session("/v1/session", { name, password: PASSWORD });
    }
    const all = sessions as Record<Person, string>;
    return new Stage(server, await fill(server, all.desk), all);
  }

  /** Opens a page of the app as somebody who is signed in. */
  async open(page: Page, who: Person, path: string): Promise<void> {
    const url = this.server.url.replace("http:", "https:");
    await page
      .context()
      .addCookies([
        { name: "__Host-session", value: this.sessions[who], url, secure: true, httpOnly: true },
      ]);
    await page.goto(this.server.url + path);
  }

  /** Records what happened to a package. */
  async happens(pkg: string, event: object): Promise<void> {
    const body = { happened_at: new Date().toISOString(), ...event };
    await this.server.call(this.sessions.desk, "POST", `/v1/packages/${pkg}/events`, body);
  }
}

export const test = base.extend<object, { stage: Stage }>({
  stage: [
    // eslint-disable-next-line no-empty-pattern -- Playwright asks for the pattern
    async ({}, use) => {
      const stage = await Stage.set();
      await use(stage);
      await stage.server.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
});

export { expect } from "@playwright/test";
