// Asks axe what somebody could not use on a page as it stands.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { Page } from "@playwright/test";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Found {
  violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
}

/** Waits for what fades or slides to arrive: a colour halfway is nobody's. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ends = document
      .getAnimations()
      .filter((it) => Number.isFinite(it.effect?.getComputedTiming().endTime))
      .map((it) => it.finished.catch(() => undefined));
    await Promise.all(ends);
  });
}

/** Each violation as one line: the rule, what breaks it, and how. */
export async function violations(page: Page): Promise<string[]> {
  await settled(page);
  await page.evaluate(axe);
  const found = await page.evaluate<Found>("axe.run(document, { resultTypes: ['violations'] })");
  return found.violations.flatMap((it) =>
    it.nodes.map((node) => `${it.id}: ${node.html} ${node.failureSummary}`),
  );
}
