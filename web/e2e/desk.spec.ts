// The desk: a package is created, loaded into a truck, and moves with it; rows are pasted.
import { expect, test } from "./driver";

const NUMBER = "JD014600003828392837";

test("a package is created, loaded into a truck, and moves as the truck does", async ({
  page,
  stage,
}) => {
  const { desk } = stage.sessions;
  const { id: truck } = await stage.server.call<{ id: string }>(desk, "POST", "/v1/containers", {
    name: "Truck 12",
    kind: "truck",
  });
  const made = await stage.server.call<{ id: string; key: string }>(desk, "POST", "/v1/trackers", {
    name: "In truck 12",
  });
  const now = (): string => new Date().toISOString();
  await stage.server.call(desk, "POST", `/v1/containers/${truck}/events`, {
    kind: "tracker_attached",
    happened_at: now(),
    tracker: made.id,
  });

  await stage.open(page, "desk", "/desk");
  await page.getByLabel("Number", { exact: true }).fill(NUMBER);
  await page.keyboard.press("Enter");
  await page.keyboard.type("Hearing aid");
  await page.getByRole("combobox", { name: "To", exact: true }).pressSequentially("Nairobi");
  await page
    .getByRole("option", { name: /Nairobi/ })
    .first()
    .click();
  await page.getByRole("combobox", { name: "Client" }).fill("Acme");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("link", { name: new RegExp(NUMBER) })).toBeVisible();

  await page.goto(`${stage.server.url}/station`);
  await page.getByRole("combobox", { name: "Place", exact: true }).pressSequentially("Memphis");
  await page.getByRole("option", { name: /Memphis hub/ }).click();
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByText("Load", { exact: true }).click();
  await page.keyboard.type("Truck 12");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Truck 12")).toBeVisible();
  await page.keyboard.type(NUMBER);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("listitem").filter({ hasText: NUMBER })).toContainText("Loaded");

  const where = (): Promise<{ lat: number; lon: number; basis: string }> =>
    stage.server.call(desk, "GET", `/v1/packages/${NUMBER}/whereabouts`);
  // Some thirty metres further: what jumps is not believed.
  for (const lat of [35.4, 35.4003]) {
    const position = { lat, lon: -89.9 };
    await stage.server.call(desk, "POST", "/v1/fixes", {
      fixes: [{ tracker: made.id, at: now(), position, radius_95_m: 12 }],
    });
    // What follows from a fix is there a moment after it was taken.
    const isAt = async (): Promise<number> => (await where().catch(() => null))?.lat ?? Number.NaN;
    await expect.poll(isAt).toBeCloseTo(lat, 4);
  }
  expect((await where()).basis).toBe("inherited");
});

test("pasted rows say what is wrong with each cell, and the right ones are registered", async ({
  page,
  stage,
}) => {
  await stage.open(page, "desk", "/desk?rows=1");
  await expect(page.getByText("Paste rows from a spreadsheet")).toBeVisible();
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData(
      "text/plain",
      "Tracking no\tWhat\tKg\tBy\nROW0001\tScreen\t7,5\tPlane\nROW0002\tDock\theavy\ttruck\nROW0003\tLamp\t2\tmule\n",
    );
    dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, cancelable: true }));
  });
  await expect(page.getByText("2 cells need a look")).toBeVisible();
  await page.getByRole("button", { name: "Register 1 package" }).click();
  await expect(page.getByLabel("Number of row 1")).toHaveValue("ROW0002");
  await page.getByLabel("Weight (kg) of row 1").fill("3");
  await page.getByLabel("Travels by of row 2").fill("train");
  await page.getByRole("button", { name: "Register 2 packages" }).click();
  await expect(page.getByText("3 packages registered")).toBeVisible();
  const weight = async (): Promise<number> => {
    const answer = await stage.server.send(stage.sessions.desk, "GET", "/v1/packages/ROW0001");
    return ((await answer.json()) as { record?: { weight_kg: number } }).record?.weight_kg ?? 0;
  };
  await expect.poll(weight).toBe(7.5);
});

test("what was typed survives a refusal and a reload", async ({ page, stage }) => {
  await stage.open(page, "desk", "/desk");
  await page.getByLabel("Number", { exact: true }).fill("KEEP0001");
  await page.getByLabel("E-mail").fill("nobody");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("an e-mail address is expected")).toBeVisible();
  await page.waitForTimeout(500);
  await page.reload();
  await expect(page.getByLabel("Number", { exact: true })).toHaveValue("KEEP0001");
  await page.getByLabel("E-mail").fill("somebody@example.com");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("link", { name: /KEEP0001/ })).toBeVisible();
});
