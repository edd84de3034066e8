// Moments and spans as people say them: in my zone, the place's beside it where it differs.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "09:12". */
export function clock(at: string | number | Date, zone?: string): string {
  return format(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, zone);
}

/** "09:12" today, "Thu 09:12" within a week, else with the date. */
export function moment(at: string | number | Date, now: number): string {
  const date = new Date(at);
  if (date.toDateString() === new Date(now).toDateString()) return clock(date);
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
  if (date.toDateString() === new Date(now).toDateString()) return today;
  if (date.toDateString() === new Date(now - DAY).toDateString()) return yesterday;
  return format(date, { weekday: "long", ...dated(date, now) });
}

function day(date: Date, now: number): string {
  if (Math.abs(now - date.getTime()) < 6 * DAY) return format(date, { weekday: "short" });
  return format(date, dated(date, now));
}

function dated(date: Date, now: number): Intl.DateTimeFormatOptions {
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
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
  zone?: string,
): string {
  const locale = typeof navigator === "undefined" ? "en-GB" : undefined;
  return new Intl.DateTimeFormat(locale, zone ? { ...options, timeZone: zone } : options).format(
    new Date(at),
  );
}
