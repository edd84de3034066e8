// Carriers by the names that they have on screens.

const names: Readonly<Record<string, string>> = {
  ups: "UPS",
  dhl: "DHL",
  fedex: "FedEx",
  usps: "USPS",
  dpd: "DPD",
  gls: "GLS",
  tnt: "TNT",
};

/** "UPS"; whoever is not known is written with a capital. */
export function carrierName(carrier: string): string {
  return names[carrier] ?? carrier.charAt(0).toUpperCase() + carrier.slice(1);
}
