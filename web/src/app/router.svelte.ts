// Where in the app somebody is: the address is the view's state, and going back undoes a step.
import { SvelteURLSearchParams } from "svelte/reactivity";

/** What may be put into the query: nothing takes a parameter away. */
export type Query = Record<string, string | null | undefined>;

class Router {
  path = $state(location.pathname);
  #search = $state(location.search);
  query: URLSearchParams = $derived(new SvelteURLSearchParams(this.#search));

  constructor() {
    addEventListener("popstate", () => this.#read());
  }

  /** Goes to an address of the app. */
  go(href: string, { replace = false } = {}): void {
    const url = new URL(href, location.href);
    if (url.href === location.href) return;
    const moved = url.pathname !== location.pathname;
    if (replace) history.replaceState(null, "", url);
    else history.pushState(null, "", url);
    this.#read();
    if (moved && !replace) scrollTo(0, 0);
  }

  /** Changes parameters of the query and leaves the rest as it is. */
  set(changes: Query, { replace = true } = {}): void {
    this.go(this.with(changes), { replace });
  }

  /** The address with parameters changed, for links. */
  with(changes: Query): string {
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value) query.set(name, value);
      else query.delete(name);
    }
    const text = query.toString();
    return location.pathname + (text && `?${text}`);
  }

  /** Follows links of the app without loading the page anew. */
  follow(click: MouseEvent): void {
    const plain = click.button === 0 && !click.metaKey && !click.ctrlKey && !click.shiftKey;
    if (!plain || click.defaultPrevented || !(click.target instanceof Element)) return;
    const link = click.target.closest("a[href]");
    if (!(link instanceof HTMLAnchorElement) || link.target || link.download) return;
    if (link.origin !== location.origin || isServed(link.pathname)) return;
    click.preventDefault();
    this.go(link.href);
  }

  #read(): void {
    this.path = location.pathname;
    this.#search = location.search;
  }
}

/** Addresses that the server answers itself. */
function isServed(path: string): boolean {
  return /^\/(v1|login|assets|metrics|healthz)(\/|$)/.test(path);
}

/** The values of a pattern's `:names` in a path, or nothing if it is another one. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const given = path.replace(/(.)\/$/, "$1").split("/");
  if (wanted.length !== given.length) return null;
  const values: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const text = given[index] ?? "";
    if (part.startsWith(":")) {
      if (text === "") return null;
      try {
        values[part.slice(1)] = decodeURIComponent(text);
      } catch {
        return null;
      }
    } else if (part !== text) return null;
  }
  return values;
}

/** A part of an address. What has a dot in its last part is a file to whoever serves the app. */
export function part(text: string): string {
  return encodeURIComponent(text).replaceAll(".", "%2E");
}

export const router = new Router();
