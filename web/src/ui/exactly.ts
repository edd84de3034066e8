// A moment on a screen says all of itself, with its date and zone, once one points at it: said of
// each before anybody asks, it took longer than all else of a page.
import { exactly } from "../words/times";

/** Gives the moment under the pointer its tooltip; `data-zone` names a zone other than mine. */
export function sayExactly(under: EventTarget | null): void {
  const time = under instanceof Element ? under.closest("time") : null;
  if (time?.dateTime) time.title = exactly(time.dateTime, time.dataset["zone"]);
}
