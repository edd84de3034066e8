// Importing: what is wrong is shown before anything is written; the rest is registered once.
import { violations } from "./axe";
import { expect, test } from "./driver";

const TABLE = `Tracking no;What;Ship to;Weight (kg);Ordered
IMP0001;Screen;Vienna, Austria;7,5;31.01.2026
IMP0002;Dock;Atlantis;1,0;31.01.2026
IMP0003;Lamp;Nairobi, Kenya;heavy;01.02.2026
IMP0004;Chair;Nairobi, Kenya;12,0;the other day
IMP0005;Desk;Nairobi, Kenya;31,0;02.02.2026
IMP0006;Shelf;Vienna, Austria;18,0;02.02.2026
`;

test("a file with three bad rows is checked, one is corrected, two are left out and reported", async ({
  page,
  stage,
}) => {
  const { desk } = stage.sessions;
  const known = async (number: string): Promise<number> =>
    (await stage.server.send(desk, "GET", `/v1/packages/${number}`)).status;

  await stage.open(page, "desk", "/import");
  await page.getByLabel("Choose a file").setInputFiles({
    name: "january.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(TABLE),
  });
  await expect(page.getByText("What is in each column?")).toBeVisible();
  await expect(page.getByLabel("Tracking no")).toHaveValue("number");
  await expect(page.getByLabel("Dates are written")).toHaveValue("%d.%m.%Y");
  await expect(page.getByLabel("Numbers are written")).toHaveValue(",");
  await page.getByRole("button", { name: "Check" }).click();

  await expect(page.getByText("rows need a look")).toBeVisible();
  await expect(page.getByLabel("Ship to in line 3")).toHaveValue("Atlantis");
  await expect(page.getByLabel("Ordered in line 5")).toHaveValue("the other day");
  expect(await violations(page)).toEqual([]);
  expect(await known("IMP0001")).toBe(404);
  const weight = page.getByLabel("Weight (kg) in line 4");
  await expect(weight).toHaveValue("heavy");
  await weight.fill("4,5");
  await weight.press("Tab");
  await page.getByRole("button", { name: "Check again" }).click();

  await page.getByRole("button", { name: "Register 4 packages, leave out 2 rows" }).click();
  await expect(page.getByRole("heading", { name: "4 packages registered" })).toBeVisible();
  await expect.poll(() => known("IMP0003")).toBe(200);
  expect(await known("IMP0002")).toBe(404);

  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Error report (CSV)" }).click();
  const report = await (await saving).createReadStream();
  let text = "";
  for await (const part of report) text += String(part);
  expect(text.split("\r\n")).toHaveLength(3);
  expect(text).toContain("IMP0004");
});

test("a workbook is refused with what to do instead", async ({ page, stage }) => {
  await stage.open(page, "desk", "/import");
  await page.getByLabel("Choose a file").setInputFiles({
    name: "january.xlsx",
    mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    buffer: Buffer.from("PK\u0003\u0004"),
  });
  await expect(page.getByRole("alert")).toContainText("Save it there as CSV");
});
