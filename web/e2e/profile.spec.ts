// One's own page: tokens are shown once, sessions are ended.
import { expect, test } from "./driver";

test("an API token is shown once, works, and is worthless when revoked", async ({
  page,
  stage,
}) => {
  await stage.open(page, "manager", "/profile");
  await page.getByRole("button", { name: "Make a token" }).click();
  const form = page.getByRole("dialog", { name: "Make a token" });
  await expect(form.getByLabel("Administer")).toHaveCount(0);
  await form.getByLabel("What it is for").fill("The nightly report");
  await form.getByRole("button", { name: "Make it" }).click();
  const shown = page.getByRole("dialog", { name: "Your new token" });
  const token = await shown.getByRole("status", { name: "Your new token" }).innerText();
  await shown.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText(token)).toHaveCount(0);
  const me = (): Promise<Response> =>
    fetch(`${stage.server.url}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  expect((await me()).status).toBe(200);

  await page.getByRole("button", { name: "Revoke the token The nightly report" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("It is worthless now")).toBeVisible();
  expect((await me()).status).toBe(401);
});

test("a session that is not recognised is ended", async ({ page, stage }) => {
  const password = "a long enough password";
  const other = await stage.server.session("/v1/session", { name: "viewer", password });
  await stage.open(page, "viewer", "/profile");
  await page.getByRole("button", { name: "End all others" }).click();
  await expect(page.getByText("Every other session has ended")).toBeVisible();
  expect((await stage.server.send(other, "GET", "/v1/me")).status).toBe(401);
});

test("the theme that is chosen stays", async ({ page, stage }) => {
  await stage.open(page, "viewer", "/profile");
  await page
    .getByRole("main")
    .getByRole("combobox", { name: "Appearance" })
    .selectOption({ label: "Dark" });
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("every time is told in the zone that was chosen, and it stays", async ({ page, stage }) => {
  await stage.open(page, "viewer", "/profile");
  await page.getByRole("combobox", { name: "Time zone" }).selectOption("Pacific/Auckland");
  await page.goto(`${stage.server.url}/packages/${stage.world.delivered}`);
  const there = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "Pacific/Auckland",
  });
  const { delivered_at } = await stage.server.call<{ delivered_at: string }>(
    stage.sessions.viewer,
    "GET",
    `/v1/packages/${stage.world.delivered}`,
  );
  const clock = there.format(new Date(delivered_at));
  await expect(page.getByText(clock).first()).toBeVisible();
  await page.reload();
  await expect(page.getByText(clock).first()).toBeVisible();
});
