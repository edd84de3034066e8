// What is looked after now and then. Pages of one file travel together.
export { default as Audit } from "./audit/Audit.svelte";
export { default as Clients } from "./clients/Clients.svelte";
export { default as People } from "./people/People.svelte";
export { default as Places } from "./places/Places.svelte";
export { default as Profile } from "./profile/Profile.svelte";
export { default as System } from "./system/System.svelte";
export { default as Trackers } from "./trackers/Trackers.svelte";
