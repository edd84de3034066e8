// How much happened, as bars: hours gathered until a bar is wide enough, the busiest cut off; and
// the days that they stand in.
import { dayBegins, dayOf, weekdayAndDate } from "../words/times";

export interface Span {
  readonly from: number;
  readonly until: number;
}

/** What the API tells: when the first hour begins, and each hour's changes; null is not known. */
export interface Told {
  readonly from: string;
  readonly changes: readonly (number | null)[];
}

export interface Bar {
  /** Where it begins and how wide it is, as parts of the span. */
  readonly left: number;
  readonly width: number;
  /** As part of the height. */
  readonly height: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Hours in a bar: each is a part of a day, so that days look alike. */
const HOURS = [1, 2, 3, 4, 6, 12, 24] as const;
const LEAST_PX = 5;
/** One bar of twenty may be taller than the scale: an import would flatten all others. */
const SHOWN = 0.95;
/** Whatever happened is seen. */
const LEAST = 0.08;

/** How many hours one bar stands for, where the span is so many pixels wide. */
export function hoursOfBar(span: Span, width_px: number): number {
  const hours = (span.until - span.from) / HOUR_MS;
  return HOURS.find((it) => LEAST_PX <= (width_px / hours) * it) ?? 24;
}

/** The bars of a span; hours in which nothing happened, or nobody knows, have none. */
export function barsOf(told: Told, span: Span, hours_each: number): readonly Bar[] {
  const each = hours_each * HOUR_MS;
  const begun = dayBegins(dayOf(told.from));
  const sums = new Map<number, number>();
  told.changes.forEach((count, hour) => {
    const at = Date.parse(told.from) + hour * HOUR_MS;
    const bar = begun + Math.floor((at - begun) / each) * each;
    if (count) sums.set(bar, (sums.get(bar) ?? 0) + count);
  });
  const sorted = [...sums.values()].sort((a, b) => a - b);
  const top = sorted[Math.floor((sorted.length - 1) * SHOWN)] ?? 1;
  const part = (at: number): number =>
    Math.min(1, Math.max(0, (at - span.from) / (span.until - span.from)));
  return [...sums]
    .map(([at, sum]) => {
      const left = part(at);
      const height = Math.min(1, Math.max(LEAST, sum / top));
      return { left, width: part(at + each) - left, height };
    })
    .filter((it) => it.width > 0)
    .sort((a, b) => a.left - b.left);
}

/** The bars as one path in a box of this size, with a gap between them. */
export function outline(bars: readonly Bar[], width_px: number, height_px: number): string {
  const round = (it: number): string => String(Math.round(it * 10) / 10);
  return bars
    .map((it) => {
      const [x, y] = [it.left * width_px, (1 - it.height) * height_px];
      const wide = Math.max(1, it.width * width_px - 1);
      return `M${round(x)} ${round(height_px)}V${round(y)}h${round(wide)}V${round(height_px)}z`;
    })
    .join("");
}

/** Room for "Wed 24" and a little beside it. */
const NAME_PX = 46;

/** The days that begin in a span, the last first. Where there is no room for every name, each is as
 * many days from the next as any other: uneven gaps would be taken for even ones. */
export function namedDays(
  span: Span,
  width_px: number,
): readonly { at: number; name: string; named: boolean }[] {
  const wide = (ms: number): number => (ms / (span.until - span.from)) * width_px;
  const days = daysOf(span);
  const each = Math.max(1, Math.ceil(NAME_PX / wide(DAY_MS)));
  // What has just begun may have no room before the end.
  const first = days.findIndex(({ at }) => wide(span.until - at) >= NAME_PX);
  return days.map((it, nth) => ({
    ...it,
    named: first >= 0 && nth >= first && (nth - first) % each === 0,
  }));
}

/** The days that begin in a span, the last first. */
export function daysOf({ from, until }: Span): readonly { at: number; name: string }[] {
  const last = dayOf(until);
  const most = Math.ceil((until - from) / DAY_MS) + 1;
  return Array.from({ length: most }, (_, back) => dayBegins(last, -back))
    .filter((at) => from < at)
    .map((at) => ({ at, name: weekdayAndDate(at) }));
}
