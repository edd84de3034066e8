// Two places that people registered for one and the same become one, and two again.
import { violations } from "./axe";
import { expect, type Stage, test } from "./driver";

interface Two {
  readonly hub: string;
  readonly depot: string;
  readonly pkg: string;
}

/** Two places, and a package at the second. */
async function two(stage: Stage, of: string): Promise<Two> {
  const made = async (path: string, body: object): Promise<string> => {
    const { id } = await stage.server.call<{ id: string }>(stage.sessions.desk, "POST", path, body);
    return id;
  };
  const place = (name: string, lat: number): Promise<string> =>
    made("/v1/places", {
      name,
      kind: "facility",
      position: { lat, lon: -87.6 },
      radius_m: 300,
      country: "US",
    });
  const hub = await place(`Chicago hub ${of}`, 41.88);
  const depot = await place(`Loop depot ${of}`, 41.881);
  const pkg = await made("/v1/packages", {
    description: `Standing desk ${of}`,
    origin: depot,
    destination: hub,
  });
  await stage.happens(pkg, { kind: "joined", holder: { place: depot } });
  return { hub, depot, pkg };
}

test("an administrator merges two places, and takes it back", async ({ page, stage }) => {
  const { hub, depot, pkg } = await two(stage, "one");
  await stage.open(page, "admin", `/places/${depot}`);
  await expect(page.getByRole("link", { name: /Standing desk one/ }).first()).toBeVisible();
  await page.getByRole("button", { name: "Merge into another place…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Merge" }).click();
  await expect(dialog.getByText("Choose a place from the list")).toBeVisible();
  await dialog.getByRole("combobox").fill("Chicago hub one");
  await page.getByRole("option", { name: /Chicago hub one/ }).click();
  await expect(dialog.getByText("is shown at Chicago hub one")).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Merge" }).click();

  await expect(page.getByText("Loop depot one is now Chicago hub one")).toBeVisible();
  const now = page.getByRole("heading", { name: "This place is now Chicago hub one" });
  await expect(now).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("link", { name: "Go to Chicago hub one" }).click();
  await expect(page).toHaveURL(new RegExp(hub));
  await expect(page.getByRole("link", { name: /Standing desk one/ }).first()).toBeVisible();
  await expect(page.getByText("Also known as")).toBeVisible();

  // The package is shown at the other one, and so is the place in lists.
  await stage.open(page, "viewer", `/packages/${pkg}`);
  await expect(page.getByText("Chicago hub one").first()).toBeVisible();
  await expect(page.getByText("Loop depot one")).toHaveCount(0);
  await stage.open(page, "desk", "/places?by=name");
  await page.getByRole("searchbox").fill("Loop depot one");
  await expect(page.getByRole("link", { name: /Chicago hub one/ })).toBeVisible();

  await stage.open(page, "viewer", `/places/${depot}`);
  await expect(now).toBeVisible();
  await expect(page.getByRole("button", { name: "Separate again" })).toHaveCount(0);
  await stage.open(page, "admin", `/places/${depot}`);
  await page.getByRole("button", { name: "Separate again" }).click();
  await expect(page.getByText("Loop depot one is a place of its own again")).toBeVisible();
  await expect(page.getByRole("link", { name: /Standing desk one/ }).first()).toBeVisible();
  await expect(now).toHaveCount(0);
});

test("what was just merged is undone where it was said", async ({ page, stage }) => {
  const { depot } = await two(stage, "two");
  await stage.open(page, "admin", `/places/${depot}`);
  await page.getByRole("button", { name: "Merge into another place…" }).click();
  await page.getByRole("dialog").getByRole("combobox").fill("Chicago hub two");
  await page.getByRole("option", { name: /Chicago hub two/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Merge" }).click();
  const now = page.getByRole("heading", { name: "This place is now Chicago hub two" });
  await expect(now).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(now).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "What is here" })).toBeVisible();
});

test("why places cannot be one is said", async ({ page, stage }) => {
  const { depot } = await two(stage, "three");
  const name = "Place of Toulouse";
  await stage.server.call(stage.sessions.desk, "POST", "/v1/places", {
    name,
    kind: "facility",
    position: { lat: 43.6, lon: 1.44 },
    country: "FR",
  });
  await stage.open(page, "admin", `/places/${depot}`);
  await page.getByRole("button", { name: "Merge into another place…" }).click();
  await page.getByRole("dialog").getByRole("combobox").fill(name);
  await page.getByRole("option", { name: new RegExp(name) }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Merge" }).click();
  await expect(page.getByRole("alert")).toContainText("one is in US, the other in FR");
});

test("who does not administrate is offered no merge", async ({ page, stage }) => {
  await stage.open(page, "desk", `/places/${stage.world.memphis}`);
  await expect(page.getByRole("button", { name: "Change" })).toBeVisible();
  await expect(page.getByRole("button", { name: /Merge into/ })).toHaveCount(0);
  await stage.open(page, "admin", `/places/${stage.world.home}`);
  await expect(page.getByRole("heading", { name: "What is here" })).toBeVisible();
  await expect(page.getByRole("button", { name: /Merge into/ })).toHaveCount(0);
});
