// The API as typed calls; whatever it refuses becomes one kind of error.
import createClient, { type Middleware } from "openapi-fetch";

import { connection } from "../app/connection.svelte";
import type { components, paths } from "./schema";

type Schemas = components["schemas"];
export type Me = Schemas["Me"];
export type WaysIn = Schemas["WaysIn"];
export type Permission = Schemas["Permission"];
export type Problem = Schemas["Problem"];
export type ProblemError = Schemas["ProblemError"];
export type Status = Schemas["Status"];
export type Mode = Schemas["Mode"];
export type Basis = Schemas["Basis"];
export type IncidentReason = Schemas["IncidentReason"];
export type Attention = Schemas["Attention"];
export type PackageLine = Schemas["PackageLine"];
export type PackageList = Schemas["PackageList"];
export type Package = Schemas["Package"];
export type Whereabouts = Schemas["Whereabouts"];
export type History = Schemas["History"];
export type HistoryEvent = Schemas["HistoryEvent"];
export type Event = Schemas["Event"];
export type Order = Schemas["Order"];
export type PackageGroups = Schemas["PackageGroups"];
export type Place = Schemas["Place"];
export type Client = Schemas["Client"];
export type Photo = Schemas["Photo"];
export type Money = Schemas["Money"];
export type CostKind = Schemas["CostKind"];

/** What the API refused, or why it could not be asked. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = "Refused";
  }
}

let signedOut: () => void = () => undefined;

/** Says who is told when the server no longer knows the session. */
export function onSignedOut(told: () => void): void {
  signedOut = told;
}

const watching: Middleware = {
  onResponse({ response, schemaPath }) {
    connection.back();
    if (response.status === 401 && schemaPath !== "/v1/session") signedOut();
  },
  onError({ error }) {
    if (!(error instanceof DOMException && error.name === "AbortError")) connection.lost();
  },
};

export const api = createClient<paths>({ baseUrl: "/" });
api.use(watching);

/** The data of an answer; a refusal is thrown. */
export async function the<T>(
  asked: Promise<{ data?: T | undefined; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await asked;
  if (data !== undefined && response.ok) return data;
  throw new Refused(isProblem(error) ? error : unnamed(response.status));
}

/** An answer's bytes, of the type that is asked for; a refusal is thrown. */
export async function bytesOf(
  address: string,
  accept: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(address, { headers: { accept }, signal });
  } catch (error) {
    if (!signal.aborted) connection.lost();
    throw error;
  }
  connection.back();
  if (response.status === 401) signedOut();
  if (!response.ok) throw new Refused(await problemOf(response));
  return new Uint8Array(await response.arrayBuffer());
}

/** What went wrong, of whatever was thrown or answered. */
export async function problemOf(thrown: unknown): Promise<Problem> {
  if (thrown instanceof Refused) return thrown.problem;
  if (thrown instanceof Response) {
    const body: unknown = await thrown.json().catch(() => null);
    return isProblem(body) ? body : unnamed(thrown.status);
  }
  return { type: "about:blank", status: 0, title: "unreachable" };
}

/** What a field is refused for, by the pointer the server names it with. */
export function fieldProblem(problem: Problem | null, pointer: string): string | undefined {
  return problem?.errors?.find((it) => it.pointer === pointer)?.detail;
}

/** A key that makes repeating a request safe. */
export function onceKey(): { "Idempotency-Key": string } {
  return { "Idempotency-Key": crypto.randomUUID() };
}

function unnamed(status: number): Problem {
  return { type: "about:blank", status, title: "" };
}

function isProblem(it: unknown): it is Problem {
  return typeof it === "object" && it !== null && "title" in it && "status" in it;
}
