// When a map begins: whether a graphics card draws it, and who else needs the processor.

/** Lets the page do what waits, then goes on. */
export function turn(): Promise<void> {
  return new Promise((done) => setTimeout(done));
}

const DOING = ["pointerdown", "wheel", "keydown", "touchstart", "scroll"] as const;

/** The longest wait, and how short a pause ends it then: whoever works on without a rest would
 * otherwise never get the map, and in such a pause nobody is kept from their next key. */
const REST_MOST_MS = 12_000;
const PAUSE_MS = 400;

/** Waits until nobody has done anything on the page for a while, or `end` is called. */
export function rest(ms: number): { readonly over: Promise<void>; readonly end: () => void } {
  const listening = new AbortController();
  let end: () => void = () => undefined;
  const over = new Promise<void>((done) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    end = () => {
      listening.abort();
      clearTimeout(timer);
      done();
    };
    const last = Date.now() + REST_MOST_MS;
    const again = (): void => {
      clearTimeout(timer);
      timer = setTimeout(end, Math.max(PAUSE_MS, Math.min(ms, last - Date.now())));
    };
    const options = { signal: listening.signal, capture: true, passive: true };
    for (const it of DOING) addEventListener(it, again, options);
    again();
  });
  return { over, end };
}

/** Whether the processor draws, as where there is no graphics card: then less is drawn. */
export function drawsWithoutCard(): Promise<boolean> {
  const worker = new Worker(new URL("./card.worker.ts", import.meta.url), { type: "module" });
  const answer = new Promise<boolean>((done, failed) => {
    worker.onmessage = ({ data }: MessageEvent<boolean>) => done(data);
    worker.onerror = failed;
  });
  return answer.finally(() => worker.terminate());
}
