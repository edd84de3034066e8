// "137 of 300": scans counted against an order or a list of numbers.
import { api, the } from "../../api/client";
import type { Scan } from "./work";

/** One that is expected: by its id, its number, or both. */
interface Expected {
  readonly id: string | null;
  readonly number: string;
}

const PAGE = 500;
const ORDER_MAX = 10_000;

export class Counting {
  against = $state<string | null>(null);
  expected = $state.raw<readonly Expected[]>([]);
  #found = $state.raw<ReadonlySet<string>>(new Set());

  done = $derived(this.expected.filter((it) => this.#has(it)).length);
  missing = $derived(this.expected.filter((it) => !this.#has(it)).map((it) => it.number));

  /** Counts against every package of an order; says how many there are. */
  async order(order: string): Promise<number> {
    const found: Expected[] = [];
    let cursor: string | null = null;
    do {
      const query: { q: string; limit: number; cursor?: string } = { q: order, limit: PAGE };
      if (cursor !== null) query.cursor = cursor;
      const list: {
        packages: readonly { id: string; number?: string | null; found_in?: string[] }[];
        next?: string | null;
      } = await the(api.GET("/v1/packages", { params: { query } }));
      for (const it of list.packages) {
        if (it.found_in?.includes("order")) found.push({ id: it.id, number: it.number ?? it.id });
      }
      cursor = list.next ?? null;
    } while (cursor !== null && found.length < ORDER_MAX);
    if (found.length > 0) this.#begin(order, found);
    return found.length;
  }

  /** Counts against a list of numbers. */
  list(numbers: readonly string[], title: string): void {
    this.#begin(
      title,
      numbers.map((number) => ({ id: null, number })),
    );
  }

  stop(): void {
    this.against = null;
    this.expected = [];
    this.#found = new Set();
  }

  /** Counts a scan; says whether it is one of those that are expected, if any are. */
  count(scan: Scan): boolean {
    if (this.against === null) return true;
    const keys = keysOf(scan);
    this.#found = new Set([...this.#found, ...keys]);
    return this.expected.some(
      (it) => keys.includes(it.id ?? "") || keys.includes(plain(it.number)),
    );
  }

  uncount(scan: Scan): void {
    const keys = new Set(keysOf(scan));
    this.#found = new Set([...this.#found].filter((it) => !keys.has(it)));
  }

  #begin(against: string, expected: readonly Expected[]): void {
    this.against = against;
    this.expected = expected;
    this.#found = new Set();
  }

  #has(it: Expected): boolean {
    return (it.id !== null && this.#found.has(it.id)) || this.#found.has(plain(it.number));
  }
}

function keysOf(scan: Scan): string[] {
  return [plain(scan.number), ...(scan.subject ? [scan.subject] : [])];
}

function plain(number: string): string {
  return number.replace(/\s/g, "").toUpperCase();
}
