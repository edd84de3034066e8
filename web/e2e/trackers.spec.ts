// Keys are shown a single time, and what holds one reports.
import { expect, test } from "./driver";

test("a tracker's key is shown once, and its device reports with it", async ({ page, stage }) => {
  await stage.open(page, "desk", "/trackers");
  await page.getByRole("button", { name: "Add a tracker" }).click();
  const form = page.getByRole("dialog", { name: "Add a GPS tracker" });
  await form.getByLabel("Name", { exact: true }).fill("The tag on Truck 7");
  await form.getByRole("button", { name: "Add and show its key" }).click();

  const shown = page.getByRole("dialog", { name: "The key of The tag on Truck 7" });
  await expect(shown.getByRole("img", { name: "The key as a QR code" })).toBeVisible();
  const key = await shown.getByRole("status", { name: "Key" }).innerText();
  await expect(shown.getByRole("region", { name: "How it sends" })).toContainText(key);
  await shown.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText(key)).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("heading", { name: "The tag on Truck 7" })).toBeVisible();
  await expect(page.getByText("It has not reported yet.")).toBeVisible();
  expect(await page.content()).not.toContain(key);

  const position = { lat: 35.15, lon: -90.05 };
  const fix = { at: new Date().toISOString(), position, radius_95_m: 9 };
  const sent = await fetch(`${stage.server.url}/v1/fixes`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ fixes: [fix] }),
  });
  expect(sent.ok).toBe(true);
  await expect(page.getByText(/35\.150° N, 90\.050° W/)).toBeVisible();
});

test("a new key makes the one before worthless", async ({ page, stage }) => {
  const made = await stage.server.call<{ id: string; key: string }>(
    stage.sessions.desk,
    "POST",
    "/v1/trackers",
    { name: "Lost and found" },
  );
  await stage.open(page, "desk", `/trackers?tracker=${made.id}`);
  await page.getByRole("button", { name: "Give it a new key" }).click();
  const sure = page.getByRole("dialog", { name: "A new key for Lost and found?" });
  await sure.getByRole("button", { name: "Give it a new key" }).click();
  const shown = page.getByRole("dialog", { name: "The key of Lost and found" });
  const key = await shown.getByRole("status", { name: "Key" }).innerText();
  expect(key).not.toBe(made.key);
  const report = (by: string): Promise<Response> =>
    fetch(`${stage.server.url}/v1/fixes`, {
      method: "POST",
      headers: { authorization: `Bearer ${by}`, "content-type": "application/json" },
      body: JSON.stringify({
        fixes: [{ at: new Date().toISOString(), position: { lat: 1, lon: 2 } }],
      }),
    });
  expect((await report(made.key)).status).toBe(401);
  expect((await report(key)).ok).toBe(true);
});

test("the list asks once for each tracker, however often they report", async ({ page, stage }) => {
  const { id, key } = await stage.server.call<{ id: string; key: string }>(
    stage.sessions.desk,
    "POST",
    "/v1/trackers",
    { name: "A busy one" },
  );
  let asked = 0;
  page.on("request", (request) => {
    if (request.url().endsWith(`/v1/trackers/${id}`)) asked += 1;
  });
  await stage.open(page, "desk", "/trackers");
  const line = page.getByRole("link", { name: "A busy one" });
  await expect(line).toContainText("Never heard");
  for (let nth = 0; nth < 3; nth++) {
    const fix = { at: new Date().toISOString(), position: { lat: 1, lon: nth } };
    await fetch(`${stage.server.url}/v1/fixes`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ fixes: [fix] }),
    });
  }
  await expect(line).toContainText(/\d s ago/);
  expect(asked).toBe(1);
});
