// What kinds of things are called, wherever they are spoken of.
import type { components } from "../../api/schema";

type Schemas = components["schemas"];

/** What a container may be. */
export const containerKinds: Record<Schemas["ContainerKind"], string> = {
  pallet: "Pallet",
  cage: "Cage",
  box: "Box",
  truck: "Truck",
  aircraft: "Flight",
  vessel: "Vessel",
  train: "Train",
  room: "Room",
  shelf: "Shelf",
  other: "Container",
};

export const placeKinds: Record<Schemas["PlaceKind"], string> = {
  facility: "Site",
  airport: "Airport",
  port: "Port",
  city: "City",
  country: "Country",
  private: "Home",
};
