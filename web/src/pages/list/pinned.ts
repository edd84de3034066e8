// What the map beside the list shows where its tiles do not know it: groups of what was found, of
// what needs attention or of what is ticked.
import { api, the } from "../../api/client";
import { router } from "../../app/router.svelte";
import type { Group } from "../../map/pins";
import { found } from "../../words/together";
import { type Filter, queryOf } from "./filter";

/** A filter, or subjects with their names. */
export type Question = Filter | readonly { readonly id: string; readonly name: string }[];

const PICKED_MAX = 300;
/** After how long they are asked for again; many less often. */
export const AGAIN_MS = 15_000;
const MANY = 500;
const MANY_AGAIN_MS = 60_000;

/** The groups, of which question they are, and after how long to ask again. */
export async function groupsOf(question: Question, signal: AbortSignal) {
  // What is listed for two reasons is one.
  const listed = "length" in question ? question.map((it) => [it.id, it] as const) : [];
  const some = [...new Map(listed).values()].slice(0, PICKED_MAX);
  const packages = some.flatMap(({ id }) => (id.startsWith("pkg_") ? id : []));
  // What is no package is followed by itself.
  const groups = some
    .filter(({ id }) => !packages.includes(id))
    .map(({ id, name }): Group => ({ one: id, packages: 0, name, href: select(id) }));
  const body = { packages };
  const params = { query: "length" in question ? {} : queryOf(question) };
  const answer =
    "length" in question
      ? packages.length > 0 && (await the(api.POST("/v1/packages/groups", { body, signal })))
      : await the(api.GET("/v1/packages/groups", { params, signal }));
  return {
    groups: answer ? [...found(answer, select), ...groups] : groups,
    of: JSON.stringify(question),
    again_ms: answer && MANY < answer.packages ? MANY_AGAIN_MS : AGAIN_MS,
  };
}

const select = (selected: string): string => router.with({ selected });
