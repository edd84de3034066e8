// The packages of an order that are still to come.
import { api, type Order, type PackageLine, type Status, the } from "../../api/client";

const PAGE = 500;
/** Nothing more is expected of these. */
const OVER: readonly Status[] = ["delivered", "returned", "cancelled"];

/** How many are left, as the order counts them. */
export function leftOf(statuses: Order["statuses"]): number {
  return statuses
    .filter((it) => !OVER.includes(it.status))
    .reduce((sum, it) => sum + it.packages, 0);
}

/** Those that are left, all of them. */
export async function packagesLeft(order: string): Promise<readonly PackageLine[]> {
  const all: PackageLine[] = [];
  let cursor: string | null = null;
  do {
    const query: { q: string; limit: number; cursor?: string } = { q: order, limit: PAGE };
    if (cursor) query.cursor = cursor;
    const page = await the(api.GET("/v1/packages", { params: { query } }));
    all.push(...page.packages.filter((it) => isOf(it) && !OVER.includes(it.status)));
    cursor = page.next ?? null;
  } while (cursor);
  return all;
}

/** The text of a search may stand elsewhere too. */
function isOf({ found_in }: PackageLine): boolean {
  return found_in?.includes("order") ?? false;
}
