// What a manager's day begins with: figures, and behind each the list that it counts.
import { expect, test } from "./driver";

test("every figure of the overview is what its list shows", async ({ page, stage }) => {
  const held = { description: "Held at customs", origin: stage.world.memphis };
  const { server, sessions } = stage;
  const made = await server.call<{ id: string }>(sessions.desk, "POST", "/v1/packages", held);
  await stage.happens(made.id, { kind: "held", reason: "customs_delay" });

  await stage.open(page, "manager", "/");
  const figures = page.getByRole("region", { name: "Overview" });
  const reason = figures.getByRole("link", { name: /^Held/ });
  await expect(reason).toContainText(/\d/, { timeout: 15_000 });
  const number = async (name: string | RegExp): Promise<number> => {
    const figure = figures.getByRole("link", { name });
    await expect(figure).toContainText(/\d/);
    return Number(/\d+/.exec((await figure.textContent()) ?? "")?.[0]);
  };

  const many = await number(/^Held/);
  await reason.click();
  await expect(page.getByRole("heading", { name: "Held" })).toBeVisible();
  const lines = page.locator("section", { has: page.getByRole("heading", { name: "Held" }) });
  await expect(lines.getByRole("link", { name: /Held at customs/ })).toBeVisible();
  await expect(lines.getByRole("listitem")).toHaveCount(many);

  const total = await number("attention");
  await figures.getByRole("link", { name: "attention" }).click();
  await expect(page).toHaveURL(/show=attention/);
  await expect(page.getByRole("row")).toHaveCount(total);

  await page.goBack();
  await expect(page.getByRole("heading", { name: "Held" })).toBeVisible();
  const packages = await number("packages on the map");
  await figures.getByRole("link", { name: "packages on the map" }).click();
  const sums = page.getByLabel("What the map shows");
  await expect(sums).toContainText(`${packages} packages`, { timeout: 60_000 });
});

test("whoever only sees packages is not shown the overview", async ({ page, stage }) => {
  await stage.open(page, "viewer", "/");
  await expect(page.getByRole("heading", { name: "Needs attention" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Overview" })).toHaveCount(0);
});
