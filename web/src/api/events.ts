// Events about many things at once: sent safely, answered for each, and taken back.
import { api, type onceKey, type Problem, the } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type EventAbout = Schemas["EventAbout"];
export type ItemResult = Schemas["ItemResult"];

/** Most events that the API takes at once. */
export const TOGETHER_MAX = 1000;

/** What was recorded of one thing. */
export interface Recorded {
  readonly subject: string;
  /** Events, in the order in which they were recorded. */
  readonly events: readonly string[];
}

/** Records events, each by itself; `key` makes sending the same again safe. */
export async function recordEvents(
  events: readonly EventAbout[],
  key: ReturnType<typeof onceKey>,
): Promise<ItemResult[]> {
  const all: ItemResult[] = [];
  for (let start = 0; start < events.length; start += TOGETHER_MAX) {
    const body = events.slice(start, start + TOGETHER_MAX);
    const once = `${key["Idempotency-Key"]}-${start}`;
    const params = { header: { "Idempotency-Key": once } };
    const { results } = await the(api.POST("/v1/events", { params, body }));
    all.push(...results);
  }
  return all;
}

/** Events that undo what was recorded, the last one first. */
export function undoing({ subject, events }: Recorded, happened_at: string): EventAbout[] {
  return events.toReversed().map((target) => ({
    subject,
    event: { kind: "voided" as const, happened_at, target },
  }));
}

/** Why something was refused, in one sentence. */
export function why(problem: Problem): string {
  return problem.errors?.[0]?.detail ?? problem.detail ?? problem.title;
}
