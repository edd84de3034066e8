// The forms of what is recorded by hand, which come together with the first that is opened.
export { default as ActionDialog } from "./ActionDialog.svelte";
export { default as Correct } from "./Correct.svelte";
