// Events about several things at once: what was recorded, and what was not.
import { api, onceKey, Refused, the } from "../../api/client";
import type { components } from "../../api/schema";

type EventAbout = components["schemas"]["EventAbout"];

const AT_ONCE = 1000;

export interface Outcome {
  readonly recorded: number;
  readonly refused: number;
}

/** Says all of these, each by itself. */
export async function say(events: readonly EventAbout[]): Promise<Outcome> {
  let [recorded, refused] = [0, 0];
  for (let from = 0; from < events.length; from += AT_ONCE) {
    const body = events.slice(from, from + AT_ONCE);
    const result = await the(api.POST("/v1/events", { params: { header: onceKey() }, body }));
    recorded += result.recorded + result.duplicates;
    refused += result.refused;
  }
  return { recorded, refused };
}

/** Says one of them; why it was refused is thrown. */
export async function sayOne(event: EventAbout): Promise<void> {
  const params = { header: onceKey() };
  const result = await the(api.POST("/v1/events", { params, body: [event] }));
  const problem = result.results[0]?.problem;
  if (problem) throw new Refused(problem);
}
