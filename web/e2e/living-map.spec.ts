// The living map: what is selected is followed while it moves, and the past is seen as it was.
import { expect, test } from "./driver";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The last Tuesday, at 16:00. */
function lastTuesday(): number {
  const day = new Date();
  day.setHours(16, 0, 0, 0);
  do day.setDate(day.getDate() - 1);
  while (day.getDay() !== 2);
  return day.getTime();
}

test("a package is followed while it moves, and last Tuesday it is where it was then", async ({
  page,
  stage,
}) => {
  test.setTimeout(240_000);
  const { server, world, sessions } = stage;
  const made = async (path: string, body: object): Promise<string> =>
    (await server.call<{ id: string }>(sessions.desk, "POST", path, body)).id;
  const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

  const pkg = await made("/v1/packages", {
    description: "Slow freight",
    happened_at: ago(9 * DAY_MS),
  });
  const tracker = await made("/v1/trackers", { name: "GPS of the slow truck" });
  const truck = await made("/v1/containers", {
    name: "Slow truck",
    kind: "truck",
    happened_at: ago(9 * DAY_MS),
  });
  for (const when of [8.9 * DAY_MS, 46 * MINUTE_MS]) {
    const scan = { kind: "scanned", place: world.memphis, happened_at: ago(when) };
    await stage.happens(pkg, scan);
  }
  await server.call(sessions.desk, "POST", `/v1/containers/${truck}/events`, {
    kind: "tracker_attached",
    tracker,
    happened_at: ago(50 * MINUTE_MS),
  });
  await stage.happens(pkg, {
    kind: "joined",
    holder: { container: truck },
    happened_at: ago(45 * MINUTE_MS),
  });
  const measured = (lat: number, ago_ms: number): Promise<unknown> =>
    server.call(sessions.desk, "POST", "/v1/fixes", {
      fixes: [{ tracker, at: ago(ago_ms), position: { lat, lon: -90.05 }, radius_95_m: 8 }],
    });
  await measured(36, 30 * MINUTE_MS);

  await stage.open(page, "viewer", `/map?lat=35.6&lon=-90&zoom=6&flat=1&selected=${pkg}`);
  const card = page.getByRole("region", { name: "Slow freight" });
  await expect(card).toContainText(/36\.0\d\d° N/, { timeout: 90_000 });
  await expect(card).toContainText("Slow truck");

  await measured(36.3, 0);
  await expect(card).toContainText(/36\.[23]\d\d° N/);

  await page.getByRole("slider", { name: "Time shown" }).fill(String(lastTuesday()));
  await expect(card).toContainText(/35\.1[45]\d° N/);
  expect(new URL(page.url()).searchParams.get("selected")).toBe(pkg);

  await page.getByRole("button", { name: "Back to live" }).click();
  await expect(card).toContainText(/36\.[23]\d\d° N/);
});

test("the map adds up who has a problem, and leads to a list of exactly them", async ({
  page,
  stage,
}) => {
  test.setTimeout(180_000);
  const { desk } = stage.sessions;
  const query = "/v1/packages?status=problem";
  const { packages } = await stage.server.call<{ packages: object[] }>(desk, "GET", query);
  expect(packages.length).toBeGreaterThan(0);
  await stage.open(page, "viewer", "/map?lat=30&lon=-60&zoom=1.5");
  const sum = page.getByRole("link", { name: `${packages.length} with a problem` });
  await expect(sum).toBeVisible({ timeout: 90_000 });
  await sum.click();
  await expect(page).toHaveURL(/\/packages\?status=problem$/);
  await expect(page.getByRole("row")).toHaveCount(packages.length);

  // What is seen from near is no whole, which no list has.
  await stage.open(page, "viewer", "/map?lat=35.1&lon=-90&zoom=7");
  await expect(page.getByText(`${packages.length} with a problem`)).toBeVisible({
    timeout: 90_000,
  });
  await expect(page.getByRole("link", { name: /with a problem/ })).toHaveCount(0);
});

test("a phone opens what the colours mean and how tall heights are, instead of the card", async ({
  page,
  stage,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await stage.open(page, "viewer", `/map?selected=${stage.world.truck}`);
  await expect(page.getByRole("heading", { name: "Truck 7" })).toBeVisible({ timeout: 30_000 });
  const opens = page.getByRole("button", { name: "Colours and heights" });
  await expect(page.getByLabel("How tall heights are drawn")).toBeHidden();
  await opens.click();
  await expect(page.getByLabel("How tall heights are drawn")).toBeVisible();
  await expect(page.getByText("Has a problem")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Truck 7" })).toBeHidden();
  await opens.click();
  await expect(page.getByRole("heading", { name: "Truck 7" })).toBeVisible();
});
