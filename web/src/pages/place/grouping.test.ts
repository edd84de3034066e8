// Groups of what stands at a place.
import { expect, it } from "vitest";

import type { Standing } from "../../app/standing.svelte";
import { grouped } from "./grouping";

const held = (id: string): { id: string; since: string } => ({ id, since: "2026-11-26T09:00:00Z" });
const stands = (client: string | null, status: "problem" | "in_transit"): Standing => ({
  is: "package",
  status,
  number: null,
  client,
});

it("tells whose things are there, the most first, and what is not known yet last", () => {
  const known: Record<string, Standing> = {
    pkg_1: stands("cli_a", "in_transit"),
    pkg_2: stands("cli_b", "problem"),
    pkg_3: stands("cli_b", "in_transit"),
    pkg_4: stands(null, "in_transit"),
  };
  const all = ["pkg_5", "pkg_4", "pkg_1", "pkg_2", "ctr_1", "pkg_3"].map(held);
  const groups = grouped(all, (id) => known[id] ?? null);
  expect(groups.map((it) => [it.key, it.held.length, it.problems])).toEqual([
    ["containers", 1, 0],
    ["cli_b", 2, 1],
    ["cli_a", 1, 0],
    ["none", 1, 0],
    ["unknown", 1, 0],
  ]);
});
