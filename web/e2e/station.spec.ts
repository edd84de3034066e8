// The station: a scanner and no mouse.
import type { Page } from "@playwright/test";

import { expect, type Stage, test } from "./driver";

const MANY = 300;
const BY_KEYBOARD = 30;
/** What a shift takes: three hundred packages within a minute. */
const WITHIN_MS = 60_000;

async function scan(page: Page, number: string): Promise<void> {
  await page.keyboard.type(number);
  await page.keyboard.press("Enter");
}

/** Scans at a scanner's pace, whatever else the machine does. */
async function scanInto(page: Page, number: string): Promise<void> {
  await page.evaluate((signs) => {
    const field = document.activeElement;
    for (const key of [...signs, "Enter"]) {
      const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
      const typed = field?.dispatchEvent(event) ?? false;
      if (!typed || key === "Enter" || !(field instanceof HTMLInputElement)) continue;
      field.setRangeText(key, field.value.length, field.value.length, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }, number);
}

async function register(stage: Stage, numbers: readonly string[], order: string): Promise<void> {
  const packages = numbers.map((value) => ({
    references: [{ scheme: "tracking", value }],
    order,
    description: `Keyboard ${value}`,
    happened_at: new Date(Date.now() - 3_600_000).toISOString(),
  }));
  await stage.server.call(stage.sessions.desk, "POST", "/v1/packages", packages);
}

async function atMemphis(page: Page, stage: Stage): Promise<void> {
  await stage.open(page, "desk", "/station");
  await page.getByRole("combobox", { name: "Place", exact: true }).pressSequentially("Memphis");
  await page.getByRole("option", { name: /Memphis hub/ }).click();
  await page.getByRole("button", { name: "Begin" }).click();
  await expect(page.getByRole("heading", { name: "Memphis hub" })).toBeVisible();
}

const numbers = (start: string): string[] =>
  Array.from({ length: MANY }, (_, index) => `${start}${String(index).padStart(5, "0")}`);

test("three hundred packages are scanned within a minute without the mouse", async ({
  page,
  stage,
}) => {
  const all = numbers("KB7");
  await register(stage, all, "BR-300");
  await atMemphis(page, stage);
  await page.getByLabel("Count against").selectOption("An order");
  await page.getByLabel("Order number").fill("BR-300");
  // What was registered is found by its order within moments.
  await expect(async () => {
    await page.getByRole("button", { name: "Count", exact: true }).click({ timeout: 2000 });
    await expect(page.getByText(`0 of ${MANY}`)).toBeVisible({ timeout: 2000 });
  }).toPass();

  const began = Date.now();
  // The first by the browser's keyboard; it takes 10 ms a key, in which a scanner has typed it all.
  for (const number of all.slice(0, BY_KEYBOARD)) await scan(page, number);
  for (const number of all.slice(BY_KEYBOARD)) await scanInto(page, number);
  await expect(page.getByText(`${MANY} of ${MANY}`)).toBeVisible({ timeout: WITHIN_MS });
  const took_ms = Date.now() - began;
  test.info().annotations.push({ type: `${MANY} scans`, description: `${took_ms} ms` });
  expect(took_ms).toBeLessThan(WITHIN_MS);
  await expect(page.getByText("All of them are here")).toBeVisible();

  const last = all.at(-1) ?? "";
  const known = await stage.server.call<{ last_place: { place: string } }>(
    stage.sessions.desk,
    "GET",
    `/v1/packages/${last}`,
  );
  expect(known.last_place.place).toBe(stage.world.memphis);
});

test("an arrival tells of the problem that it ends, and of a package that was sent elsewhere", async ({
  page,
  stage,
}) => {
  await register(stage, ["KB6001", "KB6002", "KB6003"], "BR-6");
  const happened_at = new Date(Date.now() - 600_000).toISOString();
  await stage.server.call(stage.sessions.desk, "POST", "/v1/packages/KB6001/events", [
    { kind: "problem", happened_at, reason: "consignee_not_home" },
  ]);
  for (const number of ["KB6002", "KB6003"]) {
    await stage.server.call(stage.sessions.desk, "PATCH", `/v1/packages/${number}`, {
      destination: stage.world.home,
    });
  }
  await stage.server.call(stage.sessions.desk, "POST", "/v1/packages/KB6003/events", [
    { kind: "departed", happened_at, to: stage.world.home },
  ]);
  await atMemphis(page, stage);
  await expect(page.getByRole("button", { name: "Undo last" })).toBeDisabled();
  await scan(page, "KB6001");
  const last = page.locator(".card");
  await expect(last).toContainText("which this scan ends: nobody was home");
  await scan(page, "KB6002");
  await expect(last).toContainText("Goes on to A home in Lyon");
  await scan(page, "KB6003");
  await expect(last).toContainText("Goes to A home in Lyon, not here");
  await expect(page.getByRole("button", { name: "Undo last" })).toBeEnabled();
});

test("an unknown number is registered while scanning goes on, and the last scan is undone", async ({
  page,
  stage,
}) => {
  await register(stage, ["KB8001", "KB8002"], "BR-8");
  await atMemphis(page, stage);
  await scan(page, "1Z999AA10123456999");
  await expect(page.getByLabel("Carrier")).toHaveValue("UPS");
  await page.getByRole("button", { name: "Leave out" }).click();
  await scan(page, "NEW77001");
  await expect(page.getByRole("heading", { name: /Not known yet: NEW77001/ })).toBeVisible();
  await page.getByLabel("What it is").pressSequentially("A lamp", { delay: 90 });
  // The next scan comes while somebody writes: it counts, and nothing of it stays in the field.
  await scanInto(page, "KB8001");
  await expect(page.getByRole("link", { name: "KB8001" })).toBeVisible();
  await expect(page.getByLabel("What it is")).toHaveValue("A lamp");
  await page.getByRole("button", { name: "Register it" }).click();
  await expect(page.getByRole("link", { name: "NEW77001" })).toBeVisible();

  await page.locator("body").click({ position: { x: 700, y: 8 } });
  await scan(page, "KB8002");
  await expect(page.getByRole("link", { name: "KB8002" })).toBeVisible();
  await page.getByRole("button", { name: "Undo last" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "KB8002" })).toContainText("Undone");
  const found = await stage.server.call<{ last_place?: unknown }>(
    stage.sessions.desk,
    "GET",
    "/v1/packages/KB8002",
  );
  expect(found.last_place ?? null).toBeNull();
});

test("scans without a connection wait with their own time and are sent when it is back", async ({
  context,
  page,
  stage,
}) => {
  await register(stage, ["KB9001", "KB9002"], "BR-9");
  await atMemphis(page, stage);
  await context.setOffline(true);
  await scan(page, "KB9001");
  await scan(page, "KB9002");
  await expect(page.getByText("2 scans waiting to be sent")).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByRole("link", { name: "KB9001" })).toBeVisible();
  await expect(page.getByRole("link", { name: "KB9002" })).toBeVisible();
});
