// Events about several things at once: what was recorded, and what was not.
import { onceKey, Refused } from "../../api/client";
import { type EventAbout, recordEvents } from "../../api/events";

export interface Outcome {
  readonly recorded: number;
  readonly refused: number;
}

/** Says all of these, each by itself. */
export async function say(events: readonly EventAbout[]): Promise<Outcome> {
  const results = await recordEvents(events, onceKey());
  const refused = results.filter((it) => it.problem).length;
  return { recorded: results.length - refused, refused };
}

/** Says one of them; why it was refused is thrown. */
export async function sayOne(event: EventAbout): Promise<void> {
  const [result] = await recordEvents([event], onceKey());
  if (result?.problem) throw new Refused(result.problem);
}
