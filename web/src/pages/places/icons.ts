// The icon of each kind of place.
import Anchor from "lucide-static/icons/anchor.svg?raw";
import Building from "lucide-static/icons/building-2.svg?raw";
import Globe from "lucide-static/icons/globe.svg?raw";
import House from "lucide-static/icons/house.svg?raw";
import Plane from "lucide-static/icons/plane.svg?raw";
import Warehouse from "lucide-static/icons/warehouse.svg?raw";

import type { Place } from "../../api/client";

const icons: Record<Place["kind"], string> = {
  facility: Warehouse,
  airport: Plane,
  port: Anchor,
  city: Building,
  country: Globe,
  private: House,
};

export function iconOf(kind: string): string {
  return kind in icons ? icons[kind as Place["kind"]] : Building;
}
