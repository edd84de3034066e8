// What everybody begins with. Pages of one file travel together.
export { default as Home } from "./home/Home.svelte";
export { default as List } from "./list/List.svelte";
