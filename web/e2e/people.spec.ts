// Who looks after people adds them, says what they may do, and takes it away again.
import type { Page } from "@playwright/test";

import { expect, test } from "./driver";

/** Adds somebody on the page and gives the password that is shown once. */
async function added(page: Page, name: string, login: string): Promise<string> {
  await page.getByRole("button", { name: "Add somebody" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Name", { exact: true }).fill(name);
  await form.getByLabel("Login name").fill(login);
  await form.getByRole("button", { name: "Add", exact: true }).click();
  const given = page.getByRole("dialog", { name: `${name} can sign in now` });
  const password = await given.getByRole("status", { name: "Password" }).innerText();
  await given.getByRole("button", { name: "Done" }).click();
  return password;
}

test("somebody who is added signs in and sees packages, but nothing to look after", async ({
  page,
  stage,
  browser,
}) => {
  await stage.open(page, "admin", "/people");
  const password = await added(page, "Bertha Quillon", "bertha");
  await expect(page.getByRole("heading", { name: "Bertha Quillon" })).toBeVisible();

  const theirs = await (await browser.newContext()).newPage();
  await theirs.goto(stage.server.url);
  await theirs.getByLabel("Name").fill("bertha");
  await theirs.getByLabel("Password").fill(password);
  await theirs.getByRole("button", { name: "Sign in" }).click();
  await expect(theirs.getByRole("navigation").first()).toBeVisible();
  await expect(theirs.getByRole("link", { name: "Packages" }).first()).toBeVisible();
  for (const hidden of ["People", "Audit", "Import", "GPS trackers"]) {
    await expect(theirs.getByRole("link", { name: hidden, exact: true })).toHaveCount(0);
  }
  await theirs.context().close();
});

test("what follows is said before a permission is taken, and it counts at once", async ({
  page,
  stage,
  browser,
}) => {
  await stage.open(page, "admin", "/people");
  const password = await added(page, "Cosmo Farrow", "cosmo");
  await page.getByLabel("Add and update").check();
  await expect(page.getByText("Cosmo Farrow will be able to add and update")).toBeVisible();
  await page.getByRole("button", { name: "Change what they may do" }).click();
  await expect(page.getByText("What Cosmo Farrow may do is changed")).toBeVisible();

  const session = await stage.server.session("/v1/session", { name: "cosmo", password });
  const url = stage.server.url.replace("http:", "https:");
  const context = await browser.newContext();
  await context.addCookies([
    { name: "__Host-session", value: session, url, secure: true, httpOnly: true },
  ]);
  const theirs = await context.newPage();
  await theirs.goto(`${stage.server.url}/clients`);
  await expect(theirs.getByRole("button", { name: "Add a client" })).toBeVisible();

  await page.getByLabel("Add and update").uncheck();
  await expect(page.getByText("Cosmo Farrow can no longer add and update anything.")).toBeVisible();
  const changed = page.waitForResponse((it) => it.request().method() === "PATCH");
  await page.getByRole("button", { name: "Change what they may do" }).click();
  expect((await changed).ok()).toBe(true);
  const body = { name: "Nobody's goods" };
  const refused = await stage.server.send(session, "POST", "/v1/clients", body);
  expect(refused.status).toBe(403);
  await theirs.reload();
  await expect(theirs.getByRole("heading", { name: "This page is not for you" })).toBeVisible();
  await context.close();
});

test("who is disabled is signed out at once", async ({ page, stage }) => {
  await stage.open(page, "admin", "/people");
  const password = await added(page, "Delia Marsh", "delia");
  const session = await stage.server.session("/v1/session", { name: "delia", password });
  await page.getByRole("button", { name: "Disable" }).click();
  const sure = page.getByRole("dialog", { name: "Disable Delia Marsh?" });
  await expect(
    sure.getByText("Every session and API token of Delia Marsh ends at once."),
  ).toBeVisible();
  await sure.getByRole("button", { name: "Disable" }).click();
  await expect(page.getByText("Delia Marsh is disabled")).toBeVisible();
  expect((await stage.server.send(session, "GET", "/v1/me")).status).toBe(401);
});
