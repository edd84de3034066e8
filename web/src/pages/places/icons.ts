// The icon of each kind of place.
import Anchor from "@lucide/svelte/icons/anchor";
import Building from "@lucide/svelte/icons/building-2";
import Globe from "@lucide/svelte/icons/globe";
import House from "@lucide/svelte/icons/house";
import Plane from "@lucide/svelte/icons/plane";
import Warehouse from "@lucide/svelte/icons/warehouse";

import type { Place } from "../../api/client";

const icons: Record<Place["kind"], typeof House> = {
  facility: Warehouse,
  airport: Plane,
  port: Anchor,
  city: Building,
  country: Globe,
  private: House,
};

export function iconOf(kind: string): typeof House {
  return kind in icons ? icons[kind as Place["kind"]] : Building;
}
