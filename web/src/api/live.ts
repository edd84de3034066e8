// News as they happen: one stream of server-sent events for what a screen shows.
import { connection } from "../app/connection.svelte";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Changed = Schemas["Changed"];
export type Carried = Schemas["Carried"];
export type Fix = Schemas["Fix"];
export type OnMap = Schemas["OnMap"];

/** What the data of each event holds, by its name. */
interface News {
  changed: Changed;
  carried: Carried;
  fix: Fix;
  holder: OnMap;
  ready: Schemas["Begun"];
  reset: Schemas["Begun"];
}

/** What is watched; each of these by id, tiles as zoom/column/row. */
export interface Watched {
  readonly package?: readonly string[];
  readonly container?: readonly string[];
  readonly place?: readonly string[];
  readonly tracker?: readonly string[];
  readonly tile?: readonly string[];
}

/** Who is told. `anew`: something may have been missed, fetch everything again. */
export interface Told {
  readonly changed?: (news: Changed) => void;
  readonly carried?: (news: Carried) => void;
  readonly fix?: (news: Fix) => void;
  readonly holder?: (news: OnMap) => void;
  readonly anew?: () => void;
}

const RETRY_MS = 5_000;

/** Watches until the function that is returned is called. */
export function watch(watched: Watched, told: Told): () => void {
  const query = new URLSearchParams();
  for (const [kind, ids] of Object.entries(watched)) {
    for (const id of ids as readonly string[]) query.append(kind, id);
  }
  if (query.size === 0) return () => undefined;
  let stopped = false;
  let stream: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const open = (): void => {
    stream = new EventSource(`/v1/live?${query.toString()}`);
    const on = <Name extends keyof News>(
      name: Name,
      listener: ((news: News[Name]) => void) | undefined,
    ): void => {
      stream?.addEventListener(name, (event: MessageEvent<string>) => {
        listener?.(JSON.parse(event.data) as News[Name]);
      });
    };
    on("changed", told.changed);
    on("carried", told.carried);
    on("fix", told.fix);
    on("holder", told.holder);
    on("reset", () => told.anew?.());
    on("ready", () => {
      connection.back();
      // What happened between asking and listening was told to nobody.
      told.anew?.();
    });
    stream.addEventListener("error", () => {
      // The browser comes back by itself unless it was refused.
      if (stopped || stream?.readyState !== EventSource.CLOSED) return;
      retry = setTimeout(open, RETRY_MS);
    });
  };
  open();
  return () => {
    stopped = true;
    clearTimeout(retry);
    stream?.close();
  };
}
