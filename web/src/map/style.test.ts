// The ground is a style that MapLibre takes.
import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import { expect, test } from "vitest";

import { style } from "./style";

test.each(["dark", "light"] as const)("the %s ground is a style that MapLibre takes", (theme) => {
  const made = style(theme, "pmtiles://x.test/basemap.pmtiles");
  expect(validateStyleMin(made)).toEqual([]);
  const layers = made.layers.map((it) => ({ ...it, paint: { "fill-colour": "red" } }));
  expect(validateStyleMin({ ...made, layers } as typeof made)).not.toEqual([]);
});
