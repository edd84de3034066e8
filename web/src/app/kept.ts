// What this browser keeps between visits; what cannot be read back is as if it had never been there.

/** What was kept under a name, if it still reads. */
export function kept<T>(name: string, read: (value: unknown) => T | null): T | null {
  try {
    const text = localStorage.getItem(`whereabouts.${name}`);
    return text === null ? null : read(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Keeps a value under a name; nothing forgets it. Says whether there was room. */
export function keep(name: string, value: unknown): boolean {
  try {
    if (value === null || value === undefined) localStorage.removeItem(`whereabouts.${name}`);
    else localStorage.setItem(`whereabouts.${name}`, JSON.stringify(value));
    return true;
  } catch {
    // Full, or forbidden in this browser.
    return false;
  }
}

/** An object's values by name, for reading what was kept. */
export function asObject(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

export function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function asTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((it): it is string => typeof it === "string") : [];
}
