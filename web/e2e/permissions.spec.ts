// What a person may not do is not shown, and what the address reaches anyway is refused kindly.
import { expect, test } from "./driver";
import { STREET } from "./world";

test("who may only see packages opens no costs and no administration", async ({ page, stage }) => {
  await stage.open(page, "viewer", `/packages/${stage.world.travelling}`);
  await expect(page.getByRole("heading", { name: "What happened" })).toBeVisible();
  await expect(page.getByText("Shipping cost")).toHaveCount(0);
  await expect(page.getByText("€41.50")).toHaveCount(0);
  await expect(page.getByText("Something about its costs")).toBeVisible();
  await expect(page.getByRole("button", { name: "Update" })).toHaveCount(0);
  await expect(page.getByRole("navigation").getByText("People")).toHaveCount(0);
  for (const path of ["/people", "/audit", "/station", "/import"]) {
    await page.goto(stage.server.url + path);
    await expect(page.getByRole("heading", { name: "This page is not for you" })).toBeVisible();
  }
  const refused = await stage.server.send(stage.sessions.viewer, "GET", "/v1/users");
  expect(refused.status).toBe(403);
});

test("who manages sees what it cost", async ({ page, stage }) => {
  await stage.open(page, "manager", `/packages/${stage.world.travelling}`);
  await expect(page.getByRole("heading", { name: "Shipping cost" })).toBeVisible();
  await expect(page.getByText("€41.50").first()).toBeVisible();
});

test("a private address shows only its town to others", async ({ page, stage }) => {
  const heard: string[] = [];
  page.on("response", (response) => {
    if (!response.url().includes("/v1/live"))
      void response.text().then(
        (it) => heard.push(it),
        () => undefined,
      );
  });
  await stage.open(page, "viewer", `/packages/${stage.world.delivered}`);
  await expect(page.getByText(/A private address/)).toBeVisible();
  await expect(page.getByText(STREET)).toHaveCount(0);
  expect(heard.join("")).not.toContain(STREET);
  expect(heard.join("")).not.toContain("45.7512");

  await stage.open(page, "desk", `/packages/${stage.world.delivered}`);
  await expect(page.getByRole("definition").filter({ hasText: STREET })).toBeVisible();
});
