// Moments and spans as people say them: in my zone, the place's beside it where it differs. Mine is
// that of this device, or the one somebody chose.
import { preferences } from "../app/preferences.svelte";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** My time zone, by its IANA name. */
export function myZone(): string {
  return preferences.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** "2026-11-26T09:12" in my zone, as fields of the browser have a moment. */
export function localTime(at: string | number | Date): string {
  const date = new Date(at);
  return new Date(date.getTime() + offsetOf(date)).toISOString().slice(0, 16);
}

/** The moment that a field says in my zone, or nothing if it says none. An hour that a change of
 * clocks leaves out is the one after it. */
export function instantOf(local: string): Date | null {
  const asUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtc)) return null;
  const near = new Date(asUtc - offsetOf(new Date(asUtc)));
  return new Date(asUtc - offsetOf(near));
}

/** "2026-11-26": which day it is in my zone. */
export function dayOf(at: string | number | Date): string {
  return localTime(at).slice(0, 10);
}

/** When a day begins in my zone that "2026-11-26" names, or one so many days after it. */
export function dayBegins(day: string, after = 0): number {
  const date = new Date(`${day}T00:00Z`);
  date.setUTCDate(date.getUTCDate() + after);
  return (instantOf(date.toISOString().slice(0, 16)) ?? date).getTime();
}

/** "Thu", in my zone. */
export function weekday(at: string | number | Date): string {
  return format(at, { weekday: "short" });
}

/** "Tue 24", in my zone: which of two Tuesdays it is. */
export function weekdayAndDate(at: string | number | Date): string {
  return `${weekday(at)} ${format(at, { day: "numeric" })}`;
}

/** Of the clock in my zone, from 0 to 23. */
export function hourOf(at: string | number | Date): number {
  return Number(localTime(at).slice(11, 13));
}

/** "09:12". */
export function clock(at: string | number | Date, zone?: string): string {
  return format(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, zone);
}

/** "09:12" today, "Thu 09:12" within a week, else with the date. */
export function moment(at: string | number | Date, now: number): string {
  const date = new Date(at);
  if (dayOf(date) === dayOf(now)) return clock(date);
  return `${day(date, now)} ${clock(date)}`;
}

/** "Today 09:12", else as `moment`: for what stands alone. */
export function headline(at: string | number | Date, now: number, today = "Today"): string {
  const said = moment(at, now);
  return said === clock(at) ? `${today} ${said}` : said;
}

/** "Today", "Yesterday", "Thu", "12 Mar", "12 Mar 2024". */
export function dayName(
  at: string | number | Date,
  now: number,
  today = "Today",
  yesterday = "Yesterday",
): string {
  const date = new Date(at);
  if (dayOf(date) === dayOf(now)) return today;
  if (dayOf(date) === dayOf(now - DAY)) return yesterday;
  return format(date, { weekday: "long", ...dated(date, now) });
}

function day(date: Date, now: number): string {
  if (Math.abs(now - date.getTime()) < 6 * DAY) return weekday(date);
  return format(date, dated(date, now));
}

function dated(date: Date, now: number): Intl.DateTimeFormatOptions {
  const sameYear = dayOf(date).slice(0, 4) === dayOf(now).slice(0, 4);
  return { day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) };
}

/** All of it, for a tooltip: "Thursday, 26 November 2026 at 09:12:33 CET". */
export function exactly(at: string | number | Date, zone?: string): string {
  return format(at, { dateStyle: "full", timeStyle: "long" }, zone);
}

/** "03:12 in Memphis's zone" has this for its clock, when it differs from mine: "03:12", "Fri 03:12". */
export function thereClock(at: string, zone: string | null | undefined): string | null {
  if (!zone) return null;
  try {
    const mine = format(at, { weekday: "short" }) + clock(at);
    const there = format(at, { weekday: "short" }, zone) + clock(at, zone);
    if (mine === there) return null;
    const sameDay = mine.slice(0, 3) === there.slice(0, 3);
    return sameDay
      ? clock(at, zone)
      : `${format(at, { weekday: "short" }, zone)} ${clock(at, zone)}`;
  } catch {
    return null;
  }
}

/** "40 s ago", "3 h ago"; what is to come is "now". */
export function ago(age_ms: number): string {
  return `${span(age_ms)} ago`;
}

/** "40 s", "6 min", "3 h", "2 days". */
export function span(span_ms: number): string {
  const age = Math.max(0, span_ms);
  if (age < MINUTE) return `${Math.round(age / 1000)} s`;
  if (age < HOUR) return `${Math.round(age / MINUTE)} min`;
  if (age < 2 * DAY) return `${Math.round(age / HOUR)} h`;
  return `${Math.round(age / DAY)} days`;
}

function format(
  at: string | number | Date,
  options: Intl.DateTimeFormatOptions,
  zone = preferences.zone ?? undefined,
): string {
  const locale = typeof navigator === "undefined" ? "en-GB" : undefined;
  return formatter(locale, zone ? { ...options, timeZone: zone } : options).format(new Date(at));
}

/** Milliseconds that the clock in my zone is ahead of UTC at a moment. */
function offsetOf(at: Date): number {
  const { zone } = preferences;
  if (zone === null) return -at.getTimezoneOffset() * 60_000;
  const parts = formatter("en", {
    timeZone: zone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    hourCycle: "h23",
  }).formatToParts(at);
  const of = (type: string): number => Number(parts.find((it) => it.type === type)?.value);
  const shown = Date.UTC(
    of("year"),
    of("month") - 1,
    of("day"),
    of("hour"),
    of("minute"),
    of("second"),
  );
  return shown - Math.floor(at.getTime() / 1000) * 1000;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** One of each kind: making one takes longer than all it ever says. */
function formatter(
  locale: string | undefined,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${locale ?? ""} ${JSON.stringify(options)}`;
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, options);
  formatters.set(key, made);
  return made;
}
