// Doing the same with several packages at once.
import type { Page } from "@playwright/test";

import { violations } from "./axe";
import { expect, type Stage, test } from "./driver";

const ORDER = "BR-55";

// Narrow enough that no map stands beside the list: it is about the list.
test.use({ viewport: { width: 1000, height: 860 } });

/** Registers packages of one order, each called by its number. */
async function register(stage: Stage, order: string, many: number): Promise<string[]> {
  const packages = Array.from({ length: many }, (_, nth) => ({
    references: [{ scheme: "tracking", value: `${order}-${nth + 1}` }],
    order,
    description: `Crate ${order}-${nth + 1}`,
    happened_at: new Date(Date.now() - 3_600_000).toISOString(),
  }));
  const { results } = await stage.server.call<{ results: { id: string }[] }>(
    stage.sessions.desk,
    "POST",
    "/v1/packages",
    packages,
  );
  return results.map((it) => it.id);
}

/** Opens the list of what an order has, once it is found. */
async function listOf(page: Page, stage: Stage, order: string, many: number): Promise<void> {
  await expect(async () => {
    await stage.open(page, "desk", `/packages?q=${order}`);
    await expect(page.getByRole("row")).toHaveCount(many, { timeout: 3000 });
  }).toPass();
}

async function choose(page: Page, action: string): Promise<void> {
  await page.getByRole("button", { name: "Update" }).click();
  await page.getByRole("button", { name: action, exact: true }).click();
}

test("three are selected in the list and loaded into the truck, and it holds all three", async ({
  page,
  stage,
}) => {
  await register(stage, ORDER, 4);
  await listOf(page, stage, ORDER, 4);
  const boxes = page.getByRole("row").getByRole("checkbox");
  const names = await boxes.evaluateAll((all) => all.map((it) => it.ariaLabel?.slice(7) ?? ""));
  await boxes.nth(0).click();
  await boxes.nth(2).click({ modifiers: ["Shift"] });
  await expect(page.getByText("3 selected")).toBeVisible();
  expect(await violations(page), "selected").toEqual([]);

  await choose(page, "Load into");
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(await violations(page), "the dialog").toEqual([]);
  await page.getByRole("combobox", { name: "What it is loaded into" }).fill("Truck");
  await page.getByRole("option", { name: "Truck 7" }).click();
  await page.getByRole("button", { name: "Record" }).click();
  await expect(page.getByText("Recorded for 3 packages")).toBeVisible();
  await expect(page.getByText("3 selected")).toBeHidden();

  await page.goto(`${stage.server.url}/containers/${stage.world.truck}`);
  const held = (name: string) => page.getByRole("link", { name: new RegExp(`^${name}`) });
  for (const name of names.slice(0, 3)) await expect(held(name)).toBeVisible();
  await expect(held(names[3] ?? "")).toBeHidden();
});

test("what was recorded of several is taken back at once", async ({ page, stage }) => {
  const ids = await register(stage, "BR-56", 2);
  await listOf(page, stage, "BR-56", 2);
  await page.getByRole("checkbox", { name: "Select all 2 shown" }).click();
  await choose(page, "Deliver");
  await page.getByRole("button", { name: "Record" }).click();
  await expect(page.getByRole("row", { name: /Delivered/ })).toHaveCount(2);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Taken back for 2 packages")).toBeVisible();
  for (const id of ids) {
    const path = `/v1/packages/${id}`;
    const { status } = await stage.server.call<{ status: string }>(
      stage.sessions.desk,
      "GET",
      path,
    );
    expect(status).toBe("registered");
  }
});

test("who cannot be unloaded is told by name, and tried again", async ({ page, stage }) => {
  const [first] = await register(stage, "BR-57", 2);
  await stage.happens(first ?? "", {
    kind: "joined",
    holder: { container: stage.world.truck },
  });
  await listOf(page, stage, "BR-57", 2);
  await page.getByRole("checkbox", { name: "Select all 2 shown" }).click();
  await choose(page, "Unload");
  await page.getByRole("button", { name: "Record" }).click();
  const alert = page.getByRole("dialog").getByRole("alert");
  await expect(alert).toContainText("Not recorded for 1 package of 2");
  await expect(alert).toContainText("Crate BR-57-2 It travels in nothing");
  await page.getByRole("combobox", { name: "Place" }).fill("Memphis h");
  await page.getByRole("option", { name: /Memphis hub/ }).click();
  await page.getByRole("button", { name: "Try again for 1 package" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await page.goto(`${stage.server.url}/places/${stage.world.memphis}`);
  await expect(page.getByRole("link", { name: "Crate BR-57-2" })).toBeVisible();
});

test("the keyboard selects, and everything that is left of an order is updated", async ({
  page,
  stage,
}) => {
  await register(stage, "BR-58", 3);
  await listOf(page, stage, "BR-58", 3);
  await page.getByRole("grid").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("x");
  await expect(page.getByText("2 selected")).toBeVisible();
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).click();
  expect((await file).suggestedFilename()).toBe("packages.csv");
  await page.getByRole("grid").focus();
  await page.keyboard.press("Control+a");
  await expect(page.getByText("3 selected")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText("Select all 3 shown")).toBeVisible();

  await page.goto(`${stage.server.url}/orders/BR-58`);
  await page.getByRole("button", { name: "Update all 3 left" }).click();
  await page.getByRole("button", { name: "Arrive", exact: true }).click();
  await page.getByRole("combobox", { name: "Place" }).fill("Memphis h");
  await page.getByRole("option", { name: /Memphis hub/ }).click();
  await page.getByRole("button", { name: "Record" }).click();
  await expect(page.getByText("Recorded for 3 packages")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: /^On its way 3$/ })).toBeVisible();
});
