// Without a connection, and back.
import { expect, test } from "./driver";

test("what was shown stays without a connection, and goes on when it is back", async ({
  page,
  stage,
}) => {
  await stage.open(page, "viewer", `/packages/${stage.world.delivered}`);
  await expect(page.getByRole("heading", { name: "Travel dock" })).toBeVisible();
  await page.context().setOffline(true);
  await expect(page.getByText(/No connection/)).toBeVisible();
  await expect(page.getByRole("heading", { name: "Travel dock" })).toBeVisible();
  await stage.happens(stage.world.delivered, { kind: "note", text: "While nobody listened" });
  await page.context().setOffline(false);
  await expect(page.getByText(/No connection/)).toBeHidden();
  await expect(page.getByText("A note that only those who enter data can read")).toBeVisible();
});

test("the app opens without a connection and says so", async ({ page, stage }) => {
  await stage.open(page, "viewer", "/packages");
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.reload();
  await page.context().setOffline(true);
  await page.reload();
  await expect(page.getByRole("heading", { name: "The server cannot be reached" })).toBeVisible();
  await page.context().setOffline(false);
  await expect(page.getByRole("row").first()).toBeVisible();
});
