// Figures of the installation as people read them.
import { span } from "../../words/times";

const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

/** "0.4 s", "12 s", "3 min". */
export function lag(ms: number): string {
  return ms < 10_000 ? `${(Math.round(ms / 100) / 10).toLocaleString()} s` : span(ms);
}

/** "479 MB", "1.2 GB". */
export function size(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const shown = value < 10 && unit > 0 ? Math.round(value * 10) / 10 : Math.round(value);
  return `${shown.toLocaleString()} ${UNITS[unit] ?? ""}`;
}
