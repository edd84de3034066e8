// How the screen speaks: words for what the API answers. Pure functions.

export const STATUS = {
  registered: ["Registered", ""],
  picked_up: ["Picked up", ""],
  in_transit: ["On its way", ""],
  held: ["Held", "warn"],
  out_for_delivery: ["Out for delivery", "good"],
  ready_to_collect: ["Ready to collect", "good"],
  delivered: ["Delivered", "good"],
  problem: ["Problem", "bad"],
  returning: ["Coming back", "warn"],
  returned: ["Returned", "warn"],
  lost: ["Lost", "bad"],
  cancelled: ["Cancelled", ""],
};

export const MODE = { air: "By air", road: "By road", rail: "By rail", sea: "By sea" };
const WAY = { air: "flight", road: "drive", rail: "train ride", sea: "sailing" };
const COST = {
  freight: "Freight", insurance: "Insurance", duty: "Duty",
  surcharge: "Surcharge", refund: "Refund", other: "Other",
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "09:12" today, "Thu 09:12" this week, else with the date. */
export function moment(text, now = Date.now()) {
  const at = new Date(text);
  const clock = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  if (at.toDateString() === new Date(now).toDateString()) return clock;
  if (Math.abs(now - at) < 6 * DAY) {
    return `${at.toLocaleDateString([], { weekday: "short" })} ${clock}`;
  }
  const sameYear = at.getFullYear() === new Date(now).getFullYear();
  const day = { day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) };
  return `${at.toLocaleDateString([], day)} ${clock}`;
}

/** "40 s ago", "3 h ago". */
export function ago(milliseconds) {
  const age = Math.max(0, milliseconds);
  if (age < MINUTE) return `${Math.round(age / 1000)} s ago`;
  if (age < HOUR) return `${Math.round(age / MINUTE)} min ago`;
  if (age < 2 * DAY) return `${Math.round(age / HOUR)} h ago`;
  return `${Math.round(age / DAY)} days ago`;
}

/** "14 km", "300 m". */
export function distance(metres) {
  if (metres < 1000) return `${Math.max(1, Math.round(metres))} m`;
  const km = metres / 1000;
  return `${km < 10 ? Math.round(km * 10) / 10 : Math.round(km).toLocaleString()} km`;
}

/** Where something is, as a heading and the lines under it. */
export function whereabouts(it, now = Date.now()) {
  const name = (id) => (id && it.names[id]) || id;
  const place = name(it.place);
  const age = Math.max(0, now - Date.parse(it.as_of));
  const holder = it.chain.length > 1 ? name(it.chain[1]) : null;
  const basis = {
    measured: () => `GPS ${ago(age)}`,
    scanned: () => `Scanned ${moment(it.as_of, now)}${place ? ` in ${place}` : ""}`,
    inherited: () => `From ${holder ?? "what holds it"}, ${ago(age)}`,
    interpolated: () => "Between two scans",
    predicted: () => `Our estimate; we last heard ${ago(age)}`,
  }[it.basis]();
  const towards = name(it.towards);
  const heading = place ?? (towards ? `On its way to ${towards}` : coordinates(it));
  const lines = [`${basis}, within ${distance(it.radius_95_m)}`];
  if (holder) lines.push(`Travelling in ${holder}`);
  if (it.above_sea_m !== null && it.above_sea_m > 1000) {
    lines.push(`${Math.round(it.above_sea_m / 10) * 10} m above sea level`);
  }
  if (it.coarse) lines.push("Private: shown as the town or region around it");
  return { heading, lines, doubts: it.contradictions };
}

export function coordinates(it) {
  const part = (value, plus, minus) => `${Math.abs(value).toFixed(3)}° ${value < 0 ? minus : plus}`;
  return `${part(it.lat, "N", "S")}, ${part(it.lon, "E", "W")}`;
}

/** "We expect Thu 14:10, almost surely by 17:30". */
export function expected(it, now = Date.now()) {
  const last = moment(it.at_p90, now);
  return `We expect ${moment(it.at_p50, now)}, almost surely by ${last} (9 of 10)`;
}

/** "consignee_not_home" as people say it. */
export function reason(word) {
  const text = word.replace(/^(carrier|retailer|consignee)_/, "").replaceAll("_", " ");
  return text[0].toUpperCase() + text.slice(1);
}

/** One line of the timeline, and what stands under it. */
export function event(entry, names) {
  const it = entry.event;
  const place = (ref) => (typeof ref === "string" ? names[ref] ?? ref : ref?.search);
  if (!it) return [HIDDEN[entry.kind] ?? "Something about its costs", null];
  switch (it.kind) {
    case "registered": return ["Registered", null];
    case "amended": return ["Details changed", Object.keys(it.set.package ?? {}).map(field).join(", ") || null];
    case "positioned": return [`GPS position ${coordinates(it.measured.position)}`, it.measured.radius_95_m == null ? null : `within ${distance(it.measured.radius_95_m)}`];
    case "scanned": return [`Scanned in ${place(it.place)}`, it.floor ? `Floor ${it.floor}` : null];
    case "picked_up": return [at("Picked up", place(it.place)), null];
    case "departed": {
      const way = it.mode ? ` (${WAY[it.mode]})` : "";
      const to = it.to ? ` for ${place(it.to)}` : "";
      return [`Left ${it.from ? place(it.from) : ""}${to}${way}`.replace("Left  ", "Left "), it.expected_at ? `Expected there ${moment(it.expected_at)}` : null];
    }
    case "arrived": return [`Arrived in ${place(it.place)}`, null];
    case "joined": return [`Put into ${held(it.holder, names)}`, null];
    case "left": return [`Taken out of ${held(it.holder, names)}`, null];
    case "tracker_attached": return ["GPS tracker attached", names[it.tracker] ?? it.tracker];
    case "tracker_detached": return ["GPS tracker taken off", names[it.tracker] ?? it.tracker];
    case "cost_added": return [`${COST[it.cost.cost]}: ${money(it.cost.amount)}`, it.cost.source];
    case "cost_credited": return [`${COST[it.cost.cost]} credited: ${money(it.cost.amount)}`, it.cost.source];
    case "cost_shared": return [`${COST[it.cost]} is part of another package's cost`, it.with];
    case "promise_changed": return ["Carrier's promise changed", `${moment(it.promised.first)} to ${moment(it.promised.last)}`];
    case "problem": return [`Problem: ${reason(it.reason)}`, it.detail];
    case "held": return [at(`Held: ${reason(it.reason)}`, place(it.place)), null];
    case "out_for_delivery": return ["Out for delivery", null];
    case "ready_to_collect": return [`Ready to collect in ${place(it.place)}`, null];
    case "delivered": {
      const proof = it.proof ?? {};
      const who = [proof.received_by && `Taken by ${proof.received_by}`, proof.left_at && `Left at ${proof.left_at}`];
      return [at("Delivered", place(it.place)), who.filter(Boolean).join("; ") || null];
    }
    case "returning": return [it.reason ? `Coming back: ${reason(it.reason)}` : "Coming back", null];
    case "returned": return [at("Returned", place(it.place)), null];
    case "lost": return ["Nobody knows where it is", null];
    case "cancelled": return ["Cancelled", null];
    case "photo_added": return ["Photo added", null];
    case "note": return ["Note", it.text ?? "Only those who enter data can read it"];
    case "corrected": {
      const [line, under] = event({ event: it.event, kind: it.event.kind }, names);
      return [`Corrected: ${line}`, under];
    }
    case "voided": return ["Undone", it.why];
    default: return [it.kind.replaceAll("_", " "), null];
  }
}

const HIDDEN = { cost_added: "A cost was added", cost_credited: "A cost was credited", cost_shared: "A cost is shared" };

function at(what, place) {
  return place ? `${what} in ${place}` : what;
}

function held(holder, names) {
  const id = holder.container ?? holder.place;
  return names[id] ?? id;
}

function field(key) {
  return key.replaceAll("_", " ").replace(/ (kg|mm)$/, "");
}

/** An amount as the viewer writes it. */
export function money({ amount, currency }) {
  const decimals = amount.split(".")[1]?.length ?? 0;
  const format = { style: "currency", currency, minimumFractionDigits: decimals };
  return Number(amount).toLocaleString([], format);
}

export function cost(line) {
  return COST[line.cost] ?? line.cost;
}
