// The present as a value that screens follow: it moves once a second while anybody looks.
import { createSubscriber } from "svelte/reactivity";

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 1000);
  return () => clearInterval(timer);
});

/** Now, in milliseconds; whatever shows it is shown anew each second. */
export function now(): number {
  subscribe();
  return Date.now();
}
