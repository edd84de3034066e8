// A small world: places of every kind, a truck, and packages at every point of their way.
import type { Server } from "./server";

export interface World {
  readonly memphis: string;
  readonly home: string;
  readonly truck: string;
  /** On its way in the truck; its number ends in 56784. */
  readonly travelling: string;
  /** Delivered to a private address. */
  readonly delivered: string;
  /** Nobody was home. */
  readonly troubled: string;
}

/** The street that only some may know. */
export const STREET = "17 Lantern Lane";
export const NUMBER = "1Z999AA10123456784";
export const LAST_FIVE = "56784";
export const ORDER = "PO-7741";

export async function fill(server: Server, desk: string): Promise<World> {
  const made = async (path: string, body: object): Promise<string> => {
    const { id } = await server.call<{ id: string }>(desk, "POST", path, body);
    return id;
  };
  const at = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
  const happen = (pkg: string, events: object[]): Promise<unknown> =>
    server.call(desk, "POST", `/v1/packages/${pkg}/events`, events);

  const client = await made("/v1/clients", { name: "Kestrelby Foods" });
  const memphis = await made("/v1/places", {
    name: "Memphis hub",
    kind: "facility",
    position: { lat: 35.1495, lon: -90.049 },
    radius_m: 400,
    time_zone: "America/Chicago",
    country: "US",
  });
  const home = await made("/v1/places", {
    name: "A home in Lyon",
    kind: "private",
    position: { lat: 45.764, lon: 4.8357 },
    radius_m: 6000,
    address: STREET,
    exact: { lat: 45.7512, lon: 4.8211, radius_m: 40 },
    country: "FR",
  });
  const truck = await made("/v1/containers", { name: "Truck 7", kind: "truck" });

  const registered = (description: string, more: object): Promise<string> =>
    made("/v1/packages", {
      description,
      client,
      order: ORDER,
      carrier: "ups",
      service: "Express",
      mode: "road",
      origin: memphis,
      destination: home,
      recipient: { name: "Una Iversstrand", email: "una@kestrelby.example", address: STREET },
      items: [{ name: description, quantity: 1, serials: ["BM27-59638161"] }],
      weight_kg: 7.8,
      happened_at: at(30),
      ...more,
    });

  const travelling = await registered("27-inch monitor", {
    references: [{ scheme: "carrier:ups", value: NUMBER }],
    promised: { first: at(-20), last: at(-30) },
  });
  await happen(travelling, [
    { kind: "picked_up", happened_at: at(20), place: memphis },
    { kind: "joined", happened_at: at(19), holder: { container: truck } },
    {
      kind: "cost_added",
      happened_at: at(18),
      cost: {
        cost: "freight",
        amount: { amount: "41.50", currency: "EUR" },
        line: "1",
        source: "INV-1",
      },
    },
  ]);
  const delivered = await registered("Travel dock", {
    references: [{ scheme: "carrier:ups", value: "1Z999AA10123456793" }],
  });
  await happen(delivered, [
    { kind: "picked_up", happened_at: at(20), place: memphis },
    { kind: "delivered", happened_at: at(2), place: home, proof: { received_by: "Una" } },
  ]);
  const troubled = await registered("Mechanical keyboard", {
    references: [{ scheme: "carrier:ups", value: "1Z999AA10123456808" }],
  });
  await happen(troubled, [
    { kind: "picked_up", happened_at: at(20), place: memphis },
    {
      kind: "problem",
      happened_at: at(3),
      reason: "consignee_not_home",
      detail: "A card was left",
    },
  ]);
  return { memphis, home, truck, travelling, delivered, troubled };
}
