// What is looked after, one by one or all. Pages of one file travel together.
export { default as Audit } from "./audit/Audit.svelte";
export { default as Clients } from "./clients/Clients.svelte";
export { default as ContainerPage } from "./container/ContainerPage.svelte";
export { default as People } from "./people/People.svelte";
export { default as PlacePage } from "./place/PlacePage.svelte";
export { default as Places } from "./places/Places.svelte";
export { default as Profile } from "./profile/Profile.svelte";
export { default as System } from "./system/System.svelte";
export { default as Trackers } from "./trackers/Trackers.svelte";
