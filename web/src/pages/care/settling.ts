// News of one thing, told once they have settled: what comes in a burst is looked at once.
import { watch, type Watched } from "../../api/live";

const SETTLE_MS = 1_000;

/** Calls `look` a moment after any news, until the function that is returned is called. */
export function watchSettled(watched: Watched, look: () => void): () => void {
  let settling: ReturnType<typeof setTimeout> | undefined;
  const changed = (): void => {
    clearTimeout(settling);
    settling = setTimeout(look, SETTLE_MS);
  };
  const stop = watch(watched, {
    changed,
    carried: changed,
    holder: changed,
    fix: changed,
    anew: changed,
  });
  return () => {
    clearTimeout(settling);
    stop();
  };
}
