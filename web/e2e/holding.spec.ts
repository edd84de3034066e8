// Places and containers: what is there, floor by floor, and all of it moved at once.
import { expect, test } from "./driver";

test("a place is added by its point, with a floor, and a shelf is put on that", async ({
  page,
  stage,
}) => {
  await stage.open(page, "desk", "/places");
  await page.getByRole("button", { name: "Add a place" }).click();
  const form = page.getByRole("dialog", { name: "Add a place" });
  await form.getByLabel("Name", { exact: true }).fill("Our Memphis office");
  await form.getByLabel("Latitude and longitude").fill("35.1495 N, 90.049 W");
  await form.getByRole("button", { name: "Add a floor" }).click();
  await form.getByLabel("Metres above the ground").fill("0");
  await form.getByRole("button", { name: "Add", exact: true }).click();

  await expect(page.getByRole("heading", { name: "Our Memphis office" })).toBeVisible();
  await expect(page.getByText("Nothing is kept here")).toBeVisible();
  await page.getByRole("button", { name: "Add a shelf or a room" }).click();
  const shelf = page.getByRole("dialog", { name: "Add a shelf or a room" });
  await shelf.getByLabel("What people call it").fill("B");
  await shelf.getByRole("button", { name: "Add", exact: true }).click();
  const kept = page.getByRole("link", { name: "Shelf B" });
  await expect(kept).toBeVisible();
  await kept.click();
  await expect(page.getByRole("heading", { name: "Floor 1, shelf B" })).toBeVisible();
});

test("a truck is unloaded at once, and what was in it stands by itself", async ({
  page,
  stage,
}) => {
  const desk = stage.sessions.desk;
  const made = async (path: string, body: object): Promise<string> =>
    (await stage.server.call<{ id: string }>(desk, "POST", path, body)).id;
  const truck = await made("/v1/containers", { name: "Truck 9", kind: "truck" });
  for (const description of ["first lamp", "second lamp"]) {
    const lamp = await made("/v1/packages", { description });
    await stage.server.call(desk, "PUT", `/v1/containers/${truck}/members/${lamp}`);
  }
  await stage.open(page, "desk", `/containers/${truck}`);
  await expect(page.getByRole("link", { name: "first lamp" })).toBeVisible();
  await page.getByRole("button", { name: "Unload all" }).click();
  const sure = page.getByRole("dialog", { name: "Unload Truck 9?" });
  await expect(sure.getByText("2 things are taken out, now.")).toBeVisible();
  await sure.getByRole("button", { name: "Unload all" }).click();
  await expect(page.getByText("Nothing is in it.")).toBeVisible();
  await expect(page.getByText("2 unloaded")).toBeVisible();
});
