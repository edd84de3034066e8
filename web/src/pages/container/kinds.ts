// The icon of each kind of thing that packages travel in.
import Box from "lucide-static/icons/box.svg?raw";
import DoorOpen from "lucide-static/icons/door-open.svg?raw";
import Grid from "lucide-static/icons/grid-3x3.svg?raw";
import Layers from "lucide-static/icons/layers.svg?raw";
import Plane from "lucide-static/icons/plane.svg?raw";
import Rows from "lucide-static/icons/rows-3.svg?raw";
import Ship from "lucide-static/icons/ship.svg?raw";
import Train from "lucide-static/icons/train-front.svg?raw";
import Truck from "lucide-static/icons/truck.svg?raw";

import type { components } from "../../api/schema";

export type Container = components["schemas"]["Container"];
type Kind = components["schemas"]["ContainerKind"];

export const icons: Record<Kind, string> = {
  pallet: Layers,
  cage: Grid,
  box: Box,
  truck: Truck,
  aircraft: Plane,
  vessel: Ship,
  train: Train,
  room: DoorOpen,
  shelf: Rows,
  other: Box,
};
