// One package: what is told of it, and telling more.
import { violations } from "./axe";
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

test("what did not happen is undone where it stands, and stays there crossed out", async ({
  page,
  stage,
}) => {
  const path = `/v1/packages/${stage.world.travelling}`;
  const { desk } = stage.sessions;
  const status = async (): Promise<string> =>
    (await stage.server.call<{ status: string }>(desk, "GET", path)).status;
  const before = await status();
  await stage.happens(stage.world.travelling, { kind: "problem", reason: "carrier_sorting_error" });
  expect(await status()).toBe("problem");

  await stage.open(page, "desk", `/packages/${stage.world.travelling}`);
  const line = page.getByRole("listitem").filter({ hasText: "Problem: sorted wrongly" });
  await line.getByText("Problem: sorted wrongly").click();
  await line.getByRole("button", { name: "Undo" }).click();
  await expect(line).toContainText("It did not happen?");
  await line.getByRole("button", { name: "Undo" }).click();
  await expect(line).toContainText("Corrected or undone later");
  await expect(line.getByRole("button", { name: "Undo" })).toBeHidden();
  expect(await status()).toBe(before);
});

test("what was recorded wrongly is corrected where it stands, and both stay there", async ({
  page,
  stage,
}) => {
  await stage.happens(stage.world.troubled, { kind: "note", text: "Call number 5" });
  await stage.open(page, "desk", `/packages/${stage.world.troubled}`);
  const line = page.getByRole("listitem").filter({ hasText: /^(?!.*Corrected:).*Call number 5/s });
  await line.getByText("Call number 5").click();
  await line.getByRole("button", { name: "Correct" }).click();
  const dialog = page.getByRole("dialog", { name: "Correct" });
  await expect(dialog.getByLabel("Note")).toHaveValue("Call number 5");
  expect(await violations(page)).toEqual([]);
  await dialog.getByLabel("Note").fill("Call number 6");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(line).toContainText("Corrected or undone later");
  const said = page.getByRole("listitem").filter({ hasText: "Corrected: note" });
  await expect(said).toContainText("Call number 6");

  const path = `/v1/packages/${stage.world.troubled}/history`;
  const { desk } = stage.sessions;
  const { events } = await stage.server.call<{ events: { kind: string; happened_at: string }[] }>(
    desk,
    "GET",
    path,
  );
  const [corrected, note] = ["corrected", "note"].map((kind) =>
    events.find((it) => it.kind === kind),
  );
  expect(corrected?.happened_at).toBe(note?.happened_at);
});

test("whoever may not enter data is offered no undoing", async ({ page, stage }) => {
  await stage.open(page, "viewer", `/packages/${stage.world.delivered}`);
  const line = page.locator("details").first();
  await line.locator("summary").click();
  await expect(line.getByText("As it was recorded")).toBeVisible();
  await expect(line.getByRole("button")).toHaveCount(0);
});

test("what one registered stands on the home page", async ({ page, stage }) => {
  await stage.open(page, "desk", "/");
  await expect(page.getByRole("heading", { name: "Registered by you" })).toBeVisible();
  await stage.open(page, "viewer", "/");
  await expect(page.getByRole("heading", { name: "Following" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Registered by you" })).toBeHidden();
});

test("what is followed stands on the home page", async ({ page, stage }) => {
  await stage.open(page, "viewer", `/packages/${stage.world.delivered}`);
  await page.getByRole("button", { name: "Follow" }).click();
  await page.getByRole("link", { name: "Home" }).click();
  await expect(page.getByRole("link", { name: /Travel dock/ })).toBeVisible();
});
