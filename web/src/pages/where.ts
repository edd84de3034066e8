// Where things are: the map, and what holds packages. Pages of one file travel together.
export { default as ContainerPage } from "./container/ContainerPage.svelte";
export { default as MapPage } from "./map/MapPage.svelte";
export { default as OrderPage } from "./order/OrderPage.svelte";
export { default as PlacePage } from "./place/PlacePage.svelte";
