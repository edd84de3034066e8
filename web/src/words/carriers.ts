// Carriers by the names that they have on screens.

/** Those whose numbers are recognised, as the API names them. */
const names: Readonly<Record<string, string>> = {
  amazon: "Amazon",
  canada_post: "Canada Post",
  canpar: "Canpar",
  dhl: "DHL",
  dpd: "DPD",
  fedex: "FedEx",
  gls: "GLS",
  gofo: "GOFO Express",
  landmark: "Landmark Global",
  lasership: "OnTrac (LaserShip)",
  old_dominion: "Old Dominion",
  ontrac: "OnTrac",
  post: "Post",
  purolator: "Purolator",
  speedee: "Spee-Dee",
  tnt: "TNT",
  ups: "UPS",
  usps: "USPS",
  yodel: "Yodel",
  yunexpress: "YunExpress",
};

/** Every carrier that has a name here. */
export const knownCarriers: readonly string[] = Object.keys(names);

/** "UPS"; whoever is not known is written with a capital. */
export function carrierName(carrier: string): string {
  return names[carrier] ?? carrier.charAt(0).toUpperCase() + carrier.slice(1);
}

const byName: ReadonlyMap<string, string> = new Map(
  Object.entries(names).map(([carrier, name]) => [name.toLowerCase(), carrier]),
);

/** "ups", as the API is told of what somebody wrote: a name from here, or anything else. */
export function carrierOf(text: string): string {
  const written = text.trim().toLowerCase();
  return byName.get(written) ?? written;
}
