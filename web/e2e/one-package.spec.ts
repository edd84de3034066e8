// One package: what is told of it, and telling more.
import { expect, test } from "./driver";
import { ORDER } from "./world";

test("what happens elsewhere shows without loading the page again", async ({ page, stage }) => {
  await stage.open(page, "viewer", `/packages/${stage.world.travelling}`);
  await expect(page.getByRole("link", { name: "Truck 7" })).toBeVisible();
  await stage.happens(stage.world.travelling, { kind: "problem", reason: "weather_delay" });
  await expect(page.getByText("Problem: delayed by weather")).toBeVisible();
});

test("a desk says that a package arrived, and it stands in the history", async ({
  page,
  stage,
}) => {
  await stage.open(page, "desk", `/packages/${stage.world.troubled}`);
  await page.getByRole("button", { name: "Update" }).click();
  await page.getByRole("button", { name: "Arrive" }).click();
  await page.getByRole("combobox", { name: "Place" }).fill("Memphis h");
  await page.getByRole("option", { name: /Memphis hub/ }).click();
  await page.getByRole("button", { name: "Record" }).click();
  await expect(page.getByText("Arrived in Memphis hub")).toBeVisible();
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("a problem that is solved is over, and the package stands where it stood", async ({
  page,
  stage,
}) => {
  await stage.happens(stage.world.delivered, { kind: "problem", reason: "unknown" });
  await stage.open(page, "desk", `/packages/${stage.world.delivered}`);
  await expect(page.getByText("Problem: ").first()).toBeVisible();
  await page.getByRole("button", { name: "Update" }).click();
  await page.getByRole("button", { name: "Problem solved" }).click();
  await page.getByLabel("What was agreed").fill("The dent was there before");
  await page.getByRole("button", { name: "Record" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.locator("span", { hasText: "Problem solved" })).toBeVisible();
  await expect(page.getByText("The dent was there before").first()).toBeVisible();
  const path = `/v1/packages/${stage.world.delivered}`;
  const { desk } = stage.sessions;
  const { status } = await stage.server.call<{ status: string }>(desk, "GET", path);
  expect(status).toBe("delivered");
});

test("the place's clock stands beside mine", async ({ page, stage }) => {
  await stage.open(page, "viewer", `/packages/${stage.world.delivered}`);
  await expect(page.getByText(/\d\d:\d\d in Memphis hub/).first()).toBeVisible();
});

test("an order says how many of how many, and what is wrong", async ({ page, stage }) => {
  await stage.open(page, "manager", `/orders/${ORDER}`);
  await expect(page.getByText("1 of 3 delivered")).toBeVisible();
  await expect(page.getByText("€41.50")).toBeVisible();
  await expect(page.getByRole("link", { name: "Truck 7" })).toBeVisible();
});

test("what is followed stands on the home page", async ({ page, stage }) => {
  await stage.open(page, "viewer", `/packages/${stage.world.delivered}`);
  await page.getByRole("button", { name: "Follow" }).click();
  await page.getByRole("link", { name: "Home" }).click();
  await expect(page.getByRole("link", { name: /Travel dock/ })).toBeVisible();
});
