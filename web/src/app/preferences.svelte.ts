// What somebody chose for this browser: theme, units and time zone.

export type Theme = "system" | "light" | "dark";
export type Units = "metric" | "imperial";

const KEY = "whereabouts.preferences";

interface Kept {
  theme: Theme;
  units: Units;
  /** Its IANA name; nothing for the zone of this device. */
  zone: string | null;
}

class Preferences {
  #kept = $state<Kept>(read());

  get theme(): Theme {
    return this.#kept.theme;
  }
  set theme(theme: Theme) {
    this.#kept.theme = theme;
    this.apply();
    this.#keep();
  }

  get units(): Units {
    return this.#kept.units;
  }
  set units(units: Units) {
    this.#kept.units = units;
    this.#keep();
  }

  get zone(): string | null {
    return this.#kept.zone;
  }
  set zone(zone: string | null) {
    this.#kept.zone = zone;
    this.#keep();
  }

  /** Shows the page in the theme that was chosen. */
  apply(): void {
    const root = document.documentElement;
    if (this.theme === "system") delete root.dataset["theme"];
    else root.dataset["theme"] = this.theme;
  }

  #keep(): void {
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#kept));
    } catch {
      // A browser that keeps nothing forgets at the next start; nothing else fails.
    }
  }
}

function read(): Kept {
  const kept: Kept = {
    theme: "system",
    units: imperialHere() ? "imperial" : "metric",
    zone: null,
  };
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (typeof found !== "object" || found === null) return kept;
    if ("theme" in found && (found.theme === "light" || found.theme === "dark"))
      kept.theme = found.theme;
    if ("units" in found && (found.units === "metric" || found.units === "imperial"))
      kept.units = found.units;
    if ("zone" in found && typeof found.zone === "string" && isZone(found.zone))
      kept.zone = found.zone;
  } catch {
    // What cannot be read was written by somebody else.
  }
  return kept;
}

/** A zone that this browser does not know would leave every time unsaid. */
function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function imperialHere(): boolean {
  return typeof navigator !== "undefined" && /-(US|LR|MM)$/.test(navigator.language);
}

export const preferences = new Preferences();
