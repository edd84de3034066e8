// Dialogs by the keyboard alone: they begin in their first field, and Enter sends them.
import type { Page } from "@playwright/test";

import { expect, type Stage, test } from "./driver";

/** Opens what records something of a package. */
async function begin(page: Page, action: string): Promise<void> {
  await page.getByRole("button", { name: "Update" }).click();
  await page.getByRole("button", { name: action, exact: true }).press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
}

/** Opens the page of a package that nothing else tells of. */
async function packageOf(page: Page, stage: Stage, description: string): Promise<void> {
  const body = { description, happened_at: new Date(Date.now() - 60_000).toISOString() };
  const desk = stage.sessions.desk;
  const { id } = await stage.server.call<{ id: string }>(desk, "POST", "/v1/packages", body);
  await stage.open(page, "desk", `/packages/${id}`);
}

test("each begins in its first field", async ({ page, stage }) => {
  await packageOf(page, stage, "Crate of first fields");
  for (const [action, field] of [
    ["Note", "Note"],
    ["Cost", "What for"],
    ["Deliver", "Taken by"],
    ["Problem", "Why"],
    ["Arrive", "Place"],
  ] as const) {
    await begin(page, action);
    const fields = page.getByRole("dialog").getByLabel(field, { exact: true });
    await expect(fields, action).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
  }
  await stage.open(page, "desk", "/trackers");
  await page.getByRole("button", { name: "Add a tracker" }).click();
  await expect(page.getByRole("dialog").getByLabel("Name", { exact: true })).toBeFocused();
});

test("Enter records; in a note it begins a line, and Ctrl with it records", async ({
  page,
  stage,
}) => {
  await packageOf(page, stage, "Crate of notes");
  await begin(page, "Note");
  await page.keyboard.type("Rang twice");
  await page.keyboard.press("Enter");
  await page.keyboard.type("Left a card");
  await expect(page.getByRole("textbox", { name: "Note" })).toHaveValue("Rang twice\nLeft a card");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByText("Left a card").first()).toBeVisible();

  await begin(page, "Cost");
  await page.keyboard.press("Tab");
  await page.keyboard.type("12.50");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("who holds Enter in the menu has not recorded a delivery", async ({ page, stage }) => {
  await packageOf(page, stage, "Crate of haste");
  await page.getByRole("button", { name: "Update" }).click();
  await page.getByRole("button", { name: "Deliver", exact: true }).focus();
  await page.keyboard.down("Enter");
  await expect(page.getByLabel("Taken by")).toBeFocused();
  await page.keyboard.down("Enter");
  await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.type("Una");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByText("Recorded", { exact: true })).toBeVisible();
});
