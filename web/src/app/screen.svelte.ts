// How large the screen is, where styles alone would make what is never seen.
import { MediaQuery } from "svelte/reactivity";

/** As narrow as a phone: the threshold of the styles. */
export const phone = new MediaQuery("(max-width: 700px)");
/** Wide enough for a map beside a list. */
export const wide = new MediaQuery("(min-width: 1101px)");
