// The icon of each page that the navigation shows.
import Archive from "lucide-static/icons/scroll-text.svg?raw";
import Building from "lucide-static/icons/map-pin-house.svg?raw";
import Clients from "lucide-static/icons/briefcase-business.svg?raw";
import Home from "lucide-static/icons/house.svg?raw";
import Import from "lucide-static/icons/file-up.svg?raw";
import Labels from "lucide-static/icons/tags.svg?raw";
import MapIcon from "lucide-static/icons/earth.svg?raw";
import Package from "lucide-static/icons/package.svg?raw";
import PackagePlus from "lucide-static/icons/package-plus.svg?raw";
import People from "lucide-static/icons/users.svg?raw";
import Profile from "lucide-static/icons/circle-user.svg?raw";
import Scan from "lucide-static/icons/scan-barcode.svg?raw";
import System from "lucide-static/icons/activity.svg?raw";
import Tracker from "lucide-static/icons/satellite.svg?raw";

import type { PageName } from "../app/routes";

export const icons: Record<PageName, string> = {
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
