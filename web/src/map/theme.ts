// Which theme the page is shown in, and when that changes.
import type { Theme } from "./palette";

const dark = "(prefers-color-scheme: dark)";

export function themeNow(): Theme {
  const chosen = document.documentElement.dataset["theme"];
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia(dark).matches ? "dark" : "light";
}

/** Tells of every change until the function that is returned is called. */
export function watchTheme(told: (theme: Theme) => void): () => void {
  const tell = (): void => told(themeNow());
  const observer = new MutationObserver(tell);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const system = matchMedia(dark);
  system.addEventListener("change", tell);
  return () => {
    observer.disconnect();
    system.removeEventListener("change", tell);
  };
}
