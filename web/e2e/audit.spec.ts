// Whoever may audit reads everything that was recorded, by whom it was, and of one package.
import { expect, test } from "./driver";
import { NUMBER } from "./world";

test("the log is read by person, in sentences", async ({ page, stage }) => {
  const made = await stage.server.call<{ id: string }>(stage.sessions.admin, "POST", "/v1/users", {
    name: "edda",
    display_name: "Edda Wren",
    password: "a long enough password",
    permissions: ["track", "enter"],
  });
  const password = "a long enough password";
  const edda = await stage.server.session("/v1/session", { name: "edda", password });
  await stage.server.call(edda, "POST", "/v1/clients", { name: "Wren and daughters" });

  await stage.open(page, "admin", "/audit");
  await expect(page.getByRole("heading", { name: "Audit" })).toBeVisible();
  await page.getByLabel("Who").selectOption({ label: "Edda Wren" });
  await expect(page).toHaveURL(new RegExp(`actor=${made.id}`));
  await expect(async () => {
    await page.reload();
    await expect(page.getByText(/Edda Wren registered Wren and daughters/)).toBeVisible({
      timeout: 10_000,
    });
  }).toPass();
  await expect(page.getByText(/registered 27-inch monitor/)).toHaveCount(0);

  const entry = page.getByRole("listitem").filter({ hasText: "registered Wren and daughters" });
  await entry.getByRole("button", { name: /^Entry/ }).click();
  await expect(page.getByRole("region", { name: "As it is logged, to the byte" })).toContainText(
    '"name": "Wren and daughters"',
  );
  await expect(page.getByRole("link", { name: "Proof of this entry" })).toBeVisible();
});

test("who may audit and nothing else reads who did it, and what of, by name", async ({
  page,
  stage,
}) => {
  const password = "a long enough password";
  const person = { name: "fenna", display_name: "Fenna Hale", password, permissions: ["enter"] };
  await stage.server.call(stage.sessions.admin, "POST", "/v1/users", person);
  const fenna = await stage.server.session("/v1/session", { name: "fenna", password });
  const body = { description: "Crate of names" };
  const { id } = await stage.server.call<{ id: string }>(fenna, "POST", "/v1/packages", body);
  const scan = { kind: "scanned", place: stage.world.memphis, happened_at: new Date() };
  await stage.server.call(fenna, "POST", `/v1/packages/${id}/events`, scan);

  await expect(async () => {
    await stage.open(page, "auditor", "/audit");
    await expect(page.getByText("Fenna Hale scanned Crate of names at Memphis hub")).toBeVisible({
      timeout: 10_000,
    });
  }).toPass();
  await page.getByLabel("Who").selectOption({ label: "Fenna Hale" });
  await expect(page.getByText(/Fenna Hale registered Crate of names/)).toBeVisible();
  await page.goto(`${stage.server.url}/audit?package=${id}`);
  await expect(page.getByText("Fenna Hale scanned Crate of names at Memphis hub")).toBeVisible();
});

test("everything of one package is found by its number, with a file that proves it", async ({
  page,
  stage,
}) => {
  await stage.open(page, "admin", "/audit");
  await page.getByRole("link", { name: "One package" }).click();
  await page.getByLabel("Any number of the package").fill(NUMBER);
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(page.getByText(/added a cost of 41.50 EUR to 27-inch monitor/)).toBeVisible();
  const saved = page.waitForEvent("download");
  await page.getByRole("link", { name: "Proof file" }).click();
  expect((await saved).suggestedFilename()).toBe(`evidence-${stage.world.travelling}.zip`);
});

test("who may only see packages is told why the log stays shut", async ({ page, stage }) => {
  await stage.open(page, "viewer", "/audit");
  await expect(page.getByRole("heading", { name: "This page is not for you" })).toBeVisible();
  await expect(page.getByText("It needs a permission you do not have (Audit)")).toBeVisible();
});
