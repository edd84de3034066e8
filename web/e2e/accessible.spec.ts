// Everybody can use every page: axe finds nothing, in both themes, wide and on a phone; and
// nothing is asked of another origin or refused by the policy.
import { violations } from "./axe";
import { expect, type Stage, test } from "./driver";
import { ORDER } from "./world";

const paths = (stage: Stage): string[] => [
  "/",
  "/map",
  "/packages",
  "/packages?q=monitor",
  "/packages?show=attention",
  "/packages?q=monitor&view=map",
  `/packages/${stage.world.travelling}`,
  `/packages/${stage.world.troubled}`,
  `/orders/${ORDER}`,
  `/containers/${stage.world.truck}`,
  `/places/${stage.world.memphis}`,
  "/station",
  "/desk",
  "/import",
  "/labels",
  "/places",
  "/clients",
  "/trackers",
  "/people",
  "/audit",
  "/profile",
  "/nowhere",
];

for (const colorScheme of ["light", "dark"] as const) {
  for (const [form, viewport] of [
    ["wide", { width: 1440, height: 900 }],
    ["on a phone", { width: 390, height: 844 }],
  ] as const) {
    test.describe(`${colorScheme}, ${form}`, () => {
      test.use({ colorScheme, viewport });

      test("every page can be used by everybody and asks nobody else", async ({ page, stage }) => {
        test.setTimeout(300_000);
        const elsewhere: string[] = [];
        const refused: string[] = [];
        page.on("request", (request) => {
          const own =
            request.url().startsWith(stage.server.url) || /^(blob|data):/.test(request.url());
          if (!own) elsewhere.push(request.url());
        });
        page.on("console", (message) => {
          if (/Content Security Policy/.test(message.text())) refused.push(message.text());
        });
        await page.goto(stage.server.url);
        await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
        expect(await violations(page), "sign-in").toEqual([]);
        for (const path of paths(stage)) {
          await stage.open(page, "admin", path);
          await expect(page.locator("main :is(h1, h2)").first()).toBeAttached();
          await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
          expect(await violations(page), path).toEqual([]);
        }
        expect(elsewhere).toEqual([]);
        expect(refused).toEqual([]);
      });
    });
  }
}
