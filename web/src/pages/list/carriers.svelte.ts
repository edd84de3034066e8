// The carriers that a list can be narrowed to. The API tells no list of them: those that are known
// by name are offered, and whichever this browser has seen.
import { asTexts, keep, kept } from "../../app/kept";
import { carrierName, knownCarriers } from "../../words/carriers";

const KEPT_AS = "carriers.seen";
const SEEN_MAX = 60;

class Carriers {
  #seen = $state.raw<readonly string[]>(kept(KEPT_AS, asTexts) ?? []);

  /** All of them, by their names. */
  readonly all: readonly string[] = $derived(
    [...new Set([...knownCarriers, ...this.#seen])].sort((a, b) =>
      carrierName(a).localeCompare(carrierName(b)),
    ),
  );

  /** Remembers those of packages that were listed. */
  see(carriers: Iterable<string | null | undefined>): void {
    const fresh = new Set<string>();
    for (const it of carriers) if (it && !this.all.includes(it)) fresh.add(it);
    if (fresh.size === 0) return;
    this.#seen = [...fresh, ...this.#seen].slice(0, SEEN_MAX);
    keep(KEPT_AS, this.#seen);
  }
}

export const carriers = new Carriers();
