// Everybody can use what is looked after, opened and with its dialogs: axe finds nothing, in both
// themes.
import type { Page } from "@playwright/test";

import { violations } from "./axe";
import { expect, type Stage, test } from "./driver";

interface Look {
  readonly path: string;
  /** What is opened before it is looked at. */
  readonly open?: (page: Page) => Promise<void>;
}

const press =
  (name: string) =>
  (page: Page): Promise<void> =>
    page.getByRole("main").getByRole("button", { name }).first().click();

async function looks(stage: Stage): Promise<Look[]> {
  const desk = stage.sessions.desk;
  const list = await stage.server.call<{ users: { id: string; name: string }[] }>(
    stage.sessions.admin,
    "GET",
    "/v1/users",
  );
  const viewer = list.users.find((it) => it.name === "viewer")?.id ?? "";
  const { clients } = await stage.server.call<{ clients: { id: string }[] }>(
    desk,
    "GET",
    "/v1/clients",
  );
  const tracker = await stage.server.call<{ id: string }>(desk, "POST", "/v1/trackers", {
    name: "A tag to look at",
  });
  return [
    { path: `/people?who=${viewer}`, open: (page) => page.getByLabel("Audit").check() },
    { path: "/people", open: press("Add somebody") },
    { path: `/clients?client=${clients[0]?.id ?? ""}` },
    { path: `/trackers?tracker=${tracker.id}`, open: press("Give it a new key") },
    { path: "/trackers" },
    { path: "/places", open: press("Add a place") },
    { path: "/places?by=name" },
    { path: `/containers/${stage.world.truck}`, open: press("Unload all") },
    {
      path: "/audit",
      open: (page) =>
        page
          .getByRole("button", { name: /^Entry/ })
          .first()
          .click(),
    },
    { path: `/audit?package=${stage.world.travelling}` },
    { path: "/audit", open: press("Keep a checkpoint") },
    { path: "/system" },
    { path: "/profile", open: press("Make a token") },
  ];
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("what is looked after can be used by everybody", async ({ page, stage }) => {
      test.setTimeout(600_000);
      const found: string[] = [];
      for (const { path, open } of await looks(stage)) {
        await stage.open(page, "admin", path);
        await expect(page.locator("main :is(h1, h2)").first()).toBeAttached();
        await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
        await open?.(page);
        found.push(...(await violations(page)).map((it) => `${path}: ${it}`));
      }
      expect(found).toEqual([]);
    });
  });
}
