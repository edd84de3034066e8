// Starts the app: styles, session, frame.
import "@fontsource-variable/inter/wght.css";
import "./ui/tokens.css";
import "./ui/base.css";
import { mount } from "svelte";

import App from "./App.svelte";
import { preferences } from "./app/preferences.svelte";
import { pageAt } from "./app/routes";
import { session } from "./app/session.svelte";
import { prepareWords } from "./words/prepare";

/** Has an answer of the API fetched before it is asked for. */
function ahead(href: string): void {
  const link = document.createElement("link");
  Object.assign(link, { rel: "preload", as: "fetch", crossOrigin: "", href });
  document.head.append(link);
}

const target = document.getElementById("app");
if (!target) throw new Error("index.html has the element that the app is shown in");
preferences.apply();
const found = pageAt(location.pathname);
void session.begin().then(() => {
  if (session.me && found) found.page.asks?.(found.params).forEach(ahead);
});
// The page is fetched while it is asked who is there; whether it may be shown is decided then.
found?.page.load().catch(() => undefined);
mount(App, { target });
// Until it is known who is there, nothing can be shown.
setTimeout(prepareWords);

// Without a connection the app opens all the same, and says that it has none.
if (import.meta.env.PROD && "serviceWorker" in navigator) {
  addEventListener("load", () => {
    navigator.serviceWorker.register("/worker.js").catch(() => undefined);
  });
}
