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
  await page.getByRole("combobox", { name: "Find by any number" }).fill("truck 7");
  const travel = page.getByRole("group", { name: "What packages travel in" });
  await expect(travel.getByRole("option", { name: "Truck 7" })).toBeVisible();
  await page.keyboard.press("ArrowDown");
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

test("what the list shows is what the map shows", async ({ page, stage }) => {
  test.setTimeout(180_000);
  await stage.open(page, "viewer", "/packages?carrier=ups&mode=road");
  const list = page.getByRole("region", { name: "Packages" });
  const map = page.getByRole("region", { name: "Map" });
  await expect(list.getByText("3 packages", { exact: true })).toBeVisible();
  const now = map.getByRole("button", { name: "Show the map" });
  const pin = (name: string | RegExp) => map.getByRole("link", { name });
  // What lies so near to each other is one, which comes apart from nearer.
  const both = map.getByRole("button", { name: /^2 packages, .* and 1 other near it/ });
  await expect(async () => {
    if (await now.isVisible()) await now.click();
    await expect(both).toBeVisible({ timeout: 5000 });
  }).toPass({ timeout: 60_000 });
  // Delivered at home, whose name not everybody is told.
  await expect(pin("1 package, Private address")).toBeVisible();

  await page.keyboard.press("/");
  await page.keyboard.type("dock");
  await expect(list.getByText("1 package", { exact: true })).toBeVisible();
  await expect(both).toBeHidden();
  await expect(pin("1 package, Private address")).toBeVisible();
  await page.getByRole("searchbox").fill("");
  await expect(both).toBeVisible();

  // What is ticked is shown alone, and a pin selects what it holds.
  const box = page.getByRole("checkbox", { name: /27-inch monitor/ });
  await box.click();
  await expect(map.getByRole("link", { name: /^1 package/ })).toHaveCount(1);
  await pin("1 package, Truck 7").click();
  await expect(page).toHaveURL(new RegExp(`selected=${stage.world.travelling}`));
  await expect(map.getByRole("heading", { name: "27-inch monitor" })).toBeVisible();
  await box.click();
  await expect(pin("1 package, Private address")).toBeVisible();

  await page.getByRole("button", { name: "Needs attention" }).click();
  await expect(list.getByText(/to look at$/)).toBeVisible();
  await expect(pin(/Memphis hub/)).toBeVisible();
});

test("a phone shows the list's map instead of the list", async ({ page, stage }) => {
  test.setTimeout(180_000);
  await page.setViewportSize({ width: 390, height: 844 });
  const tiles: string[] = [];
  page.on("request", (it) => /\/v1\/(map|packages\/groups)/.test(it.url()) && tiles.push(it.url()));
  await stage.open(page, "viewer", "/packages?carrier=ups&q=monitor");
  await expect(page.getByText("1 package", { exact: true })).toBeVisible();
  expect(tiles, "before it is switched to").toEqual([]);
  await page.getByRole("button", { name: "Map", exact: true }).click();
  await expect(page).toHaveURL(/view=map/);
  await expect(page.getByRole("row")).toHaveCount(0);
  const map = page.getByRole("region", { name: "Map" });
  const now = map.getByRole("button", { name: "Show the map" });
  const pin = map.getByRole("link", { name: "1 package, Truck 7" });
  await expect(async () => {
    if (await now.isVisible()) await now.click();
    await expect(pin).toBeVisible({ timeout: 5000 });
  }).toPass({ timeout: 60_000 });
  await pin.click();
  await expect(map.getByRole("heading", { name: "27-inch monitor" })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await map.getByRole("link", { name: /Open/ }).click();
  await expect(page).toHaveURL(new RegExp(`/packages/${stage.world.travelling}`));
  await page.goBack();
  await page.getByRole("button", { name: "List", exact: true }).click();
  await expect(page.getByRole("row").first()).toBeVisible();
});

test("arrows walk through the list at once, and Enter opens what they chose", async ({
  page,
  stage,
}) => {
  await stage.open(page, "viewer", "/packages");
  await expect(page.getByRole("row").first()).toBeVisible();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Home");
  await expect(page.getByRole("row").first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/packages\/pkg_/);
});
