// Taking everything out of a container, or putting all of it into another one.
import { api, the } from "../../api/client";
import type { components } from "../../api/schema";
import { say, type Outcome } from "../care/said";

type Event = components["schemas"]["Event"];

const PAGE = 500;

/** Where what is taken out goes. */
export type Goal =
  | { readonly is: "container"; readonly id: string }
  | { readonly is: "place"; readonly id: string }
  /** Nowhere that is known: each stands by itself. */
  | { readonly is: "nothing" };

/** Says of everything that a container holds directly that it goes there. */
export async function moveAll(container: string, goal: Goal, at: string): Promise<Outcome> {
  const members = await everything(container);
  return say(members.map((subject) => ({ subject, event: going(container, goal, at) })));
}

export function going(container: string, goal: Goal, happened_at: string): Event {
  switch (goal.is) {
    case "container":
      return { kind: "joined", happened_at, holder: { container: goal.id } };
    case "place":
      return { kind: "joined", happened_at, holder: { place: goal.id } };
    case "nothing":
      return { kind: "left", happened_at, holder: { container } };
  }
}

async function everything(container: string): Promise<readonly string[]> {
  const all: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: PAGE, ...(cursor ? { cursor } : {}) };
    const params = { path: { container }, query };
    const page = await the(api.GET("/v1/containers/{container}", { params }));
    all.push(...page.contents.map((it) => it.id));
    cursor = page.next ?? undefined;
  } while (cursor);
  return all;
}
