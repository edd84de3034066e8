// Accounts as the API has them, changed only as they were last seen.
import { api, onceKey, Refused, the } from "../../api/client";
import type { components } from "../../api/schema";

export type User = components["schemas"]["UserView"];
export type UserPatch = components["schemas"]["UserPatch"];
export type UserInput = components["schemas"]["UserInput"];

/** An account and the version of it that was seen. */
export interface Seen {
  readonly user: User;
  readonly version: string | null;
}

/** Somebody new, with the password that is shown once if they have one. */
export interface Given {
  readonly user: User;
  readonly password: string | null;
}

export async function see(id: string, signal?: AbortSignal): Promise<Seen> {
  const asked = await api.GET("/v1/users/{user}", {
    params: { path: { user: id } },
    ...(signal ? { signal } : {}),
  });
  const user = await the(Promise.resolve(asked));
  return { user, version: asked.response.headers.get("etag") };
}

/** Changes an account unless somebody else did since it was seen. */
export async function change(seen: Seen, body: UserPatch): Promise<Seen> {
  const header = seen.version ? { "If-Match": seen.version } : {};
  const params = { path: { user: seen.user.id }, header };
  await the(api.PATCH("/v1/users/{user}", { params, body }));
  return see(seen.user.id);
}

export function add(body: UserInput, once: ReturnType<typeof onceKey>): Promise<User> {
  return the(api.POST("/v1/users", { params: { header: once }, body }));
}

/** Whether somebody else changed it in the meantime. */
export function isStale(error: unknown): boolean {
  return error instanceof Refused && error.problem.status === 412;
}

/** The letters that stand for a person. */
export function initials(name: string): string {
  const parts = name.split(/[\s.@_-]+/).filter(Boolean);
  const letters = parts.slice(0, 2).map((it) => it[0] ?? "");
  return letters.join("").toUpperCase();
}
