// Every page: its address, who may open it, and where the navigation shows it.
import type { Component } from "svelte";

import type { Permission } from "../api/client";
import { words } from "../words/en";
import { match, part } from "./router.svelte";

/** What a page with values in its address is given. */
export interface PageProps {
  params: Record<string, string>;
}

/** A page's component; one without values in its address takes nothing. */
export type Shown = Component<PageProps> | Component<Record<string, never>>;

export type PageName = keyof typeof words.pages;

/** One page of the app. */
export interface Page {
  readonly name: PageName;
  readonly path: string;
  /** One of these opens it. */
  readonly needs: readonly Permission[];
  /** Where the navigation has it: first, with the day's work, with what is looked after. */
  readonly shown?: "first" | "work" | "care";
  /** A page that fills the window has no margins. */
  readonly full?: boolean;
  readonly load: () => Promise<{ default: Shown }>;
  /** What it asks for first: it is fetched while its script comes. */
  readonly asks?: (params: Record<string, string>) => readonly string[];
}

/** How much of a package's history is asked for at once. */
export const HISTORY_PAGE = 100;

const everybody: readonly Permission[] = ["track", "enter", "manage", "audit", "admin"];

export const pages: readonly Page[] = [
  {
    name: "home",
    path: "/",
    needs: everybody,
    shown: "first",
    load: async () => ({ default: (await import("../pages/everyday")).Home }),
  },
  {
    name: "map",
    path: "/map",
    needs: everybody,
    shown: "first",
    full: true,
    load: async () => ({ default: (await import("../pages/where")).MapPage }),
  },
  {
    name: "packages",
    path: "/packages",
    needs: everybody,
    shown: "first",
    full: true,
    load: async () => ({ default: (await import("../pages/everyday")).List }),
  },
  {
    name: "package",
    path: "/packages/:id",
    needs: everybody,
    load: () => import("../pages/package/PackagePage.svelte"),
    asks: ({ id }) => {
      const one = `/v1/packages/${part(id ?? "")}`;
      return [one, `${one}/history?limit=${HISTORY_PAGE}`, `${one}/whereabouts`];
    },
  },
  {
    name: "order",
    path: "/orders/:order",
    needs: everybody,
    load: async () => ({ default: (await import("../pages/where")).OrderPage }),
  },
  {
    name: "container",
    path: "/containers/:id",
    needs: everybody,
    load: async () => ({ default: (await import("../pages/looked-after")).ContainerPage }),
  },
  {
    name: "place",
    path: "/places/:id",
    needs: everybody,
    load: async () => ({ default: (await import("../pages/looked-after")).PlacePage }),
  },
  {
    name: "station",
    path: "/station",
    needs: ["enter"],
    shown: "work",
    load: async () => ({ default: (await import("../pages/work")).Station }),
  },
  {
    name: "desk",
    path: "/desk",
    needs: ["enter"],
    shown: "work",
    load: async () => ({ default: (await import("../pages/work")).Desk }),
  },
  {
    name: "import",
    path: "/import",
    needs: ["enter"],
    shown: "work",
    load: async () => ({ default: (await import("../pages/work")).Import }),
  },
  {
    name: "labels",
    path: "/labels",
    needs: ["enter"],
    shown: "work",
    load: async () => ({ default: (await import("../pages/work")).Labels }),
  },
  {
    name: "places",
    path: "/places",
    needs: ["enter", "admin"],
    shown: "care",
    load: async () => ({ default: (await import("../pages/looked-after")).Places }),
  },
  {
    name: "clients",
    path: "/clients",
    needs: ["enter", "admin"],
    shown: "care",
    load: async () => ({ default: (await import("../pages/looked-after")).Clients }),
  },
  {
    name: "trackers",
    path: "/trackers",
    needs: ["enter", "admin"],
    shown: "care",
    load: async () => ({ default: (await import("../pages/looked-after")).Trackers }),
  },
  {
    name: "people",
    path: "/people",
    needs: ["admin"],
    shown: "care",
    load: async () => ({ default: (await import("../pages/looked-after")).People }),
  },
  {
    name: "audit",
    path: "/audit",
    needs: ["audit"],
    shown: "care",
    load: async () => ({ default: (await import("../pages/looked-after")).Audit }),
  },
  {
    name: "system",
    path: "/system",
    needs: ["audit", "admin"],
    shown: "care",
    load: async () => ({ default: (await import("../pages/looked-after")).System }),
  },
  {
    name: "profile",
    path: "/profile",
    needs: everybody,
    load: async () => ({ default: (await import("../pages/looked-after")).Profile }),
  },
];

/** The page at a path and the values in it. */
export function pageAt(path: string): { page: Page; params: Record<string, string> } | null {
  for (const page of pages) {
    const params = match(page.path, path);
    if (params) return { page, params };
  }
  return null;
}

/** Addresses of things, so that no page builds them by hand. */
export const to = {
  package: (id: string) => `/packages/${part(id)}`,
  order: (order: string) => `/orders/${part(order)}`,
  container: (id: string) => `/containers/${part(id)}`,
  place: (id: string) => `/places/${part(id)}`,
  packages: (query: Record<string, string>) => `/packages?${new URLSearchParams(query).toString()}`,
  /** The page of whatever an id names; nothing for what has none. */
  subject: (id: string): string | null => {
    const prefix = id.slice(0, 4);
    if (prefix === "pkg_") return to.package(id);
    if (prefix === "ctr_") return to.container(id);
    if (prefix === "plc_") return to.place(id);
    return null;
  },
};
