// Where things are just now: the map, and an order's packages. Pages of one file travel together.
export { default as MapPage } from "./map/MapPage.svelte";
export { default as OrderPage } from "./order/OrderPage.svelte";
