// Saying that a place is one with another, or one of its own again; both can be taken back.
import { api, onceKey, problemOf, the, type Place } from "../../api/client";
import { names } from "../../app/names.svelte";
import { toasts } from "../../app/toasts.svelte";
import { words } from "../../words/en";
import { careWords } from "../../words/en/care";

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Merges a place into another and offers to undo it; then, and when that is done, `told`. */
export async function sayMerged(place: Place, into: Named, told: () => void): Promise<true> {
  await record(place.id, into.id);
  names.learn({ [place.id]: into.name });
  toasts.offer(careWords.places.merged(place.name, into.name), {
    label: words.actions.undo,
    run: () => void undo(place, told),
  });
  return true;
}

/** Makes a place one of its own again. */
export async function saySeparated(place: Place): Promise<true> {
  await record(place.id, null);
  names.learn({ [place.id]: place.name });
  toasts.say(careWords.places.separated(place.name));
  return true;
}

async function undo(place: Place, told: () => void): Promise<void> {
  try {
    await saySeparated(place);
  } catch (error) {
    const problem = await problemOf(error);
    toasts.say(problem.detail ?? problem.title, "bad");
  }
  told();
}

function record(place: string, into: string | null): Promise<unknown> {
  const params = { path: { place }, header: onceKey() };
  return the(api.POST("/v1/places/{place}/merge", { params, body: { into } }));
}
