// The figures that a manager's day begins with: each is counted by the server, none is estimated.
import { api, the } from "../../api/client";
import type { components } from "../../api/schema";
import type { Told } from "../../map/activity";
import { dayOf, packagesOf } from "./figures";

type Schemas = components["schemas"];

export interface Overview {
  /** Packages of which something is still expected, as the map shows them. */
  readonly packages: number;
  readonly attention: Schemas["AttentionCounts"];
  /** What happened today, hour by hour. */
  readonly today: Told;
}

export async function overview(at: number, signal: AbortSignal): Promise<Overview> {
  const day = dayOf(at);
  const query = {
    from: new Date(day.from).toISOString(),
    to: new Date(day.until).toISOString(),
  };
  const world = { z: "0", x: "0", y: "0" };
  const headers = { accept: "application/json" };
  const [tile, attention, today] = await Promise.all([
    the(api.GET("/v1/map/{z}/{x}/{y}", { params: { path: world }, headers, signal })),
    the(api.GET("/v1/attention/counts", { signal })),
    the(api.GET("/v1/map/activity", { params: { query }, signal })),
  ]);
  // The tile as JSON, which was asked for, and not as columns.
  return { packages: packagesOf(tile as Schemas["Tile"]), attention, today };
}
