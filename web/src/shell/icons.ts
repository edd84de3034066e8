// The icon of each page that the navigation shows.
import Archive from "@lucide/svelte/icons/scroll-text";
import Building from "@lucide/svelte/icons/map-pin-house";
import Clients from "@lucide/svelte/icons/briefcase-business";
import Home from "@lucide/svelte/icons/house";
import Import from "@lucide/svelte/icons/file-up";
import Labels from "@lucide/svelte/icons/tags";
import MapIcon from "@lucide/svelte/icons/earth";
import Package from "@lucide/svelte/icons/package";
import PackagePlus from "@lucide/svelte/icons/package-plus";
import People from "@lucide/svelte/icons/users";
import Profile from "@lucide/svelte/icons/circle-user";
import Scan from "@lucide/svelte/icons/scan-barcode";
import System from "@lucide/svelte/icons/activity";
import Tracker from "@lucide/svelte/icons/satellite";

import type { PageName } from "../app/routes";

export const icons: Record<PageName, typeof Home> = {
  home: Home,
  map: MapIcon,
  packages: Package,
  package: Package,
  order: Package,
  container: Package,
  place: Building,
  station: Scan,
  desk: PackagePlus,
  import: Import,
  labels: Labels,
  places: Building,
  clients: Clients,
  trackers: Tracker,
  people: People,
  audit: Archive,
  system: System,
  profile: Profile,
};
