// The ways in, and out.
import { expect, PASSWORD, test } from "./driver";
import { Server } from "./server";

test("the first administrator sets up with the token of the first start", async ({ page }) => {
  const server = await Server.start();
  await page.goto(`${server.url}/#setup=${server.setupToken}`);
  await expect(page.getByRole("heading", { name: "Set up Whereabouts" })).toBeVisible();
  await page.getByLabel("Your login name").fill("ada");
  await page.getByLabel("A password").fill("short");
  await page.getByLabel("A password").fill("a long enough password");
  await page.getByRole("button", { name: "Set up" }).click();
  await expect(page.getByRole("heading", { name: /Good .*, ada/ })).toBeVisible();
  expect(page.url()).not.toContain("setup");
  await server.stop();
});

test("a link that was used, and a company that does not let in, are told", async ({
  page,
  stage,
}) => {
  await page.goto(`${stage.server.url}/login/made-up`);
  await expect(page.getByText("That link was used or is too old")).toBeVisible();
  await page.goto(`${stage.server.url}/?sign_in=not_admitted`);
  await expect(page.getByText("not let in here")).toBeVisible();
});

test("somebody signs in by name and password, and out again", async ({ page, stage }) => {
  await page.goto(`${stage.server.url}/packages?q=mechanical`);
  await page.getByLabel("Name").fill("desk");
  await page.getByLabel("Password").fill("not the password at all");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  // Where they wanted to go is where they are.
  await expect(page.getByRole("row", { name: /Mechanical keyboard/ })).toBeVisible();
  await page.getByRole("button", { name: /Your account/ }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});
