// The icon of each kind of thing that packages travel in.
import Box from "@lucide/svelte/icons/box";
import DoorOpen from "@lucide/svelte/icons/door-open";
import Grid from "@lucide/svelte/icons/grid-3x3";
import Layers from "@lucide/svelte/icons/layers";
import Plane from "@lucide/svelte/icons/plane";
import Rows from "@lucide/svelte/icons/rows-3";
import Ship from "@lucide/svelte/icons/ship";
import Train from "@lucide/svelte/icons/train-front";
import Truck from "@lucide/svelte/icons/truck";

import type { components } from "../../api/schema";

export type Container = components["schemas"]["Container"];
type Kind = components["schemas"]["ContainerKind"];

export const icons: Record<Kind, typeof Box> = {
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
