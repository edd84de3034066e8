// Registering packages: the client if it is new, the packages, then what goes with them.
import { api, onceKey, the, type Package, type Problem, Refused } from "../../api/client";
import type { components } from "../../api/schema";
import type { Chosen } from "../../ui/chosen";
import type { PackageInput } from "./draft";

type Schemas = components["schemas"];
type Key = ReturnType<typeof onceKey>;

/** What became of one package: its id, or why it was refused. */
export type Outcome =
  { readonly id: string; readonly problem: null } | { readonly problem: Problem };

/** Most packages that the API takes at once. */
export const TOGETHER_MAX = 1000;

/** The id of a client, registered if nobody of that name is known. */
export async function clientOf(chosen: Chosen): Promise<string | null> {
  const name = chosen.text.trim();
  if (chosen.id !== null || name === "") return chosen.id;
  const query = { q: name, limit: 20 };
  const { clients } = await the(api.GET("/v1/clients", { params: { query } }));
  const same = clients.find((it) => it.name.toLowerCase() === name.toLowerCase());
  if (same) return same.id;
  const made = await the(
    api.POST("/v1/clients", { params: { header: onceKey() }, body: { name } }),
  );
  return made.id;
}

/** Registers packages, each by itself; `key` makes sending them again safe. */
export async function register(inputs: readonly PackageInput[], key: Key): Promise<Outcome[]> {
  const [only] = inputs;
  if (only && inputs.length === 1) {
    try {
      const body = only;
      const made = await the(api.POST("/v1/packages", { params: { header: key }, body }));
      return "id" in made ? [{ id: made.id, problem: null }] : outcomes(made.results);
    } catch (error) {
      // What was refused is an outcome; what could not be asked is none.
      if (error instanceof Refused && error.problem.status < 500) {
        return [{ problem: error.problem }];
      }
      throw error;
    }
  }
  const body = [...inputs];
  const made = await the(api.POST("/v1/packages", { params: { header: key }, body }));
  return "results" in made ? outcomes(made.results) : [{ id: made.id, problem: null }];
}

/** Adds the same photo to packages. */
export async function addPhoto(ids: readonly string[], photo: Blob): Promise<void> {
  for (const id of ids) {
    const response = await fetch(`/v1/packages/${encodeURIComponent(id)}/photos`, {
      method: "POST",
      headers: { "Content-Type": photo.type },
      body: photo,
    });
    if (!response.ok) throw new Error(`photo: ${response.status}`);
  }
}

/** The package that has exactly this number, if there is one. */
export async function knownAs(
  number: string,
  signal: AbortSignal,
): Promise<{ id: string; what: string } | null> {
  const query = { q: number, limit: 5 };
  const { packages } = await the(api.GET("/v1/packages", { params: { query }, signal }));
  const same = packages.find(
    (it) => it.number?.toLowerCase() === number.toLowerCase() && it.found_in?.includes("reference"),
  );
  return same ? { id: same.id, what: same.description ?? same.number ?? same.id } : null;
}

/** The number that people know a package by. */
export function numberOf(it: Package): string {
  return it.record.references?.[0]?.value ?? it.id;
}

function outcomes(results: readonly Schemas["ItemResult"][]): Outcome[] {
  return results.map((it) =>
    it.id
      ? { id: it.id, problem: null }
      : { problem: it.problem ?? { type: "about:blank", status: it.status, title: "" } },
  );
}
