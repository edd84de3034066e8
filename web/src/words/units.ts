// Lengths, weights, money and positions, metric or imperial.
import type { Money } from "../api/client";
import { preferences } from "../app/preferences.svelte";

const MILE_M = 1609.344;
const FOOT_M = 0.3048;
const POUND_KG = 0.45359237;
const INCH_MM = 25.4;

/** "300 m", "14 km"; "980 ft", "8.7 mi". */
export function distance(metres: number): string {
  if (preferences.units === "imperial") {
    const miles = metres / MILE_M;
    return miles < 0.2 ? `${rounded(metres / FOOT_M)} ft` : `${rounded(miles)} mi`;
  }
  return metres < 1000 ? `${rounded(Math.max(1, metres))} m` : `${rounded(metres / 1000)} km`;
}

/** "10,900 m", "35,800 ft": heights in steps that mean something. */
export function height(metres: number): string {
  const imperial = preferences.units === "imperial";
  const value = imperial ? metres / FOOT_M : metres;
  const step = Math.abs(value) < 100 ? 1 : Math.abs(value) < 1000 ? 10 : 100;
  return `${(Math.round(value / step) * step).toLocaleString()} ${imperial ? "ft" : "m"}`;
}

/** "7.8 kg", "17.2 lb". */
export function weight(kg: number): string {
  if (preferences.units === "imperial") return `${rounded(kg / POUND_KG)} lb`;
  return `${rounded(kg)} kg`;
}

/** The unit that weights are typed in. */
export function weightUnit(): string {
  return preferences.units === "imperial" ? "lb" : "kg";
}

/** Kilograms of a weight as it is typed, in whole grams; no number is told by the server. */
export function kgOf(typed: string): number {
  const value = Number(
    typed
      .trim()
      .replace(/[\s,](?=\d{3}\b)/g, "")
      .replace(",", "."),
  );
  return Math.round(value * (preferences.units === "imperial" ? POUND_KG : 1) * 1000) / 1000;
}

/** "74 × 19 × 48 cm", "29 × 7.5 × 19 in". */
export function dimensions(mm: { length: number; width: number; height: number }): string {
  const imperial = preferences.units === "imperial";
  const side = (it: number): string => rounded(imperial ? it / INCH_MM : it / 10);
  return `${[mm.length, mm.width, mm.height].map(side).join(" × ")} ${imperial ? "in" : "cm"}`;
}

/** "€1,204.50": with as many decimals as were recorded. */
export function money({ amount, currency }: Money): string {
  const decimals = amount.split(".")[1]?.length ?? 0;
  return Number(amount).toLocaleString(undefined, {
    style: "currency",
    currency,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

/** "42.855° N, 74.999° W". */
export function coordinates(at: { lat: number; lon: number }): string {
  const part = (value: number, plus: string, minus: string): string =>
    `${Math.abs(value).toFixed(3)}° ${value < 0 ? minus : plus}`;
  return `${part(at.lat, "N", "S")}, ${part(at.lon, "E", "W")}`;
}

/** Two figures that say something: 1.3, 14, 840. */
function rounded(value: number): string {
  const precise = Math.abs(value) < 10 ? Math.round(value * 10) / 10 : Math.round(value);
  return precise.toLocaleString();
}
