// Finding one package among all.
import { violations } from "./axe";
import { expect, test } from "./driver";
import { LAST_FIVE, NUMBER } from "./world";

test("a package is found by the last five characters of its number", async ({ page, stage }) => {
  await stage.open(page, "viewer", "/");
  await expect(page.getByRole("heading", { name: /Good/ })).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type(LAST_FIVE);
  await expect(page.getByRole("option", { name: /27-inch monitor/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "27-inch monitor" })).toBeVisible();
  await expect(page.getByText(NUMBER).first()).toBeVisible();
  expect(page.url()).toContain(stage.world.travelling);
});

test("a place and what packages travel in are found by name in the same field", async ({
  page,
  stage,
}) => {
  await stage.open(page, "viewer", "/");
  await page.keyboard.press("/");
  await page.keyboard.type("memphis");
  const places = page.getByRole("group", { name: "Places" });
  await expect(places.getByRole("option", { name: "Memphis hub" })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("combobox", { name: "Find by any number" }).fill("truck");
  const travel = page.getByRole("group", { name: "What packages travel in" });
  await expect(travel.getByRole("option", { name: "Truck 7" })).toBeVisible();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Truck 7" })).toBeVisible();
});

test("the list is walked through by arrows, and what is chosen opens by Enter", async ({
  page,
  stage,
}) => {
  await stage.open(page, "viewer", "/packages");
  await expect(page.getByRole("row").first()).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("monitor");
  await expect(page.getByRole("row")).toHaveCount(1);
  await expect(page.locator("mark")).toHaveText(["monitor"]);
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("row", { selected: true })).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/packages/${stage.world.travelling}`));
  await page.goBack();
  await expect(page.getByRole("searchbox")).toHaveValue("monitor");
});

test("filters stand in the address, and what is shown is what is downloaded", async ({
  page,
  stage,
}) => {
  await stage.open(page, "viewer", "/packages");
  await page.getByLabel("Status").selectOption("Problem");
  await expect(page).toHaveURL(/status=problem/);
  await expect(page.getByRole("row", { name: /keyboard/ })).toBeVisible();
  const wanted = page.getByRole("link", { name: "Download CSV" });
  await expect(wanted).toHaveAttribute("href", /status=problem.*format=csv/);
  await page.getByRole("button", { name: "Needs attention" }).click();
  await expect(page.getByText("Nobody was home")).toBeVisible();
});

test("a phone shows the same list", async ({ page, stage }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await stage.open(page, "viewer", "/packages");
  await expect(page.getByRole("row").first()).toBeVisible();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
  await page.getByRole("row", { name: /Travel dock/ }).click();
  await expect(page.getByRole("heading", { name: "Travel dock" })).toBeVisible();
});
