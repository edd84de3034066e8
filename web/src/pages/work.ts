// What those who move packages work with. Pages of one file travel together.
export { default as Desk } from "./desk/Desk.svelte";
export { default as Import } from "./import/Import.svelte";
export { default as Labels } from "./labels/Labels.svelte";
export { default as Station } from "./station/Station.svelte";
