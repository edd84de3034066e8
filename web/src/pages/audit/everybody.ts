// Everybody with an account, for those who may know that.
import { api } from "../../api/client";
import { session } from "../../app/session.svelte";

const MOST = 200;

/** Their ids; none to whoever does not look after people. */
export async function everybody(): Promise<readonly string[]> {
  if (!session.may("admin")) return [];
  const query = { limit: MOST };
  const { data } = await api.GET("/v1/users", { params: { query } });
  return data?.users.map((it) => it.id) ?? [];
}
