// Browsers take longer to make their first way of writing a time or an amount than a page to show
// hundreds of them.
import { headline } from "./times";
import { distance } from "./units";

/** Has them made, while there is nothing to be shown yet. */
export function prepareWords(): void {
  const now = Date.now();
  headline(now - 86_400_000, now);
  distance(1_000);
}
