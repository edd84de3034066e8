// Pasted rows: what their cells say, what is wrong with them, and what the API is told.
import type { Mode } from "../../api/client";
import { carrierOf } from "../../words/carriers";
import { fields } from "../../words/en/desk";
import { instantOf } from "../../words/times";
import { desk } from "../../words/en/desk";
import { type FieldName, guess, headingsIn } from "../import/columns";
import { delimiterOf, rowsOf } from "../import/table";
import { type PackageInput, schemeOf } from "./draft";

export type Column = FieldName | "";

export interface Pasted {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** How many rows were there; more than are taken are left out. */
  readonly found: number;
}

/** What may be pasted; dates of events and costs come by an import. */
export const PASTED_FIELDS: readonly FieldName[] = [
  "number",
  "description",
  "client",
  "recipient",
  "email",
  "from",
  "to",
  "carrier",
  "mode",
  "pieces",
  "weight",
  "order",
  "promised",
  "costCentre",
];

export const ROWS_MAX = 1000;
/** What rows without headings most often are. */
const USUAL: readonly FieldName[] = ["number", "description", "to", "recipient", "order", "client"];

/** The rows in what was pasted; a first line of headings says what the columns are. */
export function pastedOf(text: string): Pasted {
  const tabs = text.includes("\t") ? "\t" : delimiterOf(text);
  const all = rowsOf(text, tabs).map((it) => it.cells.map((cell) => cell.trim()));
  const [first = []] = all;
  const width = Math.max(0, ...all.map((it) => it.length));
  const headed = headingsIn(first) >= Math.max(1, Math.ceil(width / 3));
  const columns = headed
    ? guess(first, PASTED_FIELDS)
    : Array.from({ length: width }, (_, index) => USUAL[index] ?? "");
  const rows = (headed ? all.slice(1) : all).map((it) =>
    Array.from({ length: width }, (_, index) => it[index] ?? ""),
  );
  return { columns: pad(columns, width), rows: rows.slice(0, ROWS_MAX), found: rows.length };
}

function pad(columns: readonly Column[], width: number): Column[] {
  return Array.from({ length: width }, (_, index) => columns[index] ?? "");
}

/** What is wrong, by `row:column`. */
export type Faults = ReadonlyMap<string, string>;

/** Whether a text names a place; which one of several is meant is the server's to ask. */
export type PlaceState = "known" | "none";

export function at(row: number, column: number): string {
  return `${row}:${column}`;
}

/** What is wrong with cells, as far as it can be known before they are sent. */
export function faultsOf(
  rows: readonly (readonly string[])[],
  columns: readonly Column[],
  places: ReadonlyMap<string, PlaceState>,
): Faults {
  const faults = new Map<string, string>();
  const numbers = new Map<string, number>();
  for (const [row, cells] of rows.entries()) {
    for (const [column, field] of columns.entries()) {
      const text = (cells[column] ?? "").trim();
      if (field === "" || text === "") continue;
      const fault = faultIn(field, text, places);
      if (fault) faults.set(at(row, column), fault);
      if (field !== "number") continue;
      const before = numbers.get(text.toUpperCase());
      if (before === undefined) numbers.set(text.toUpperCase(), row);
      else faults.set(at(row, column), desk.faults.twice);
    }
    const says = (field: FieldName): boolean =>
      columns.some((it, index) => it === field && (cells[index] ?? "").trim() !== "");
    if (!says("number") && !says("description")) {
      const column = Math.max(0, columns.indexOf("number"));
      faults.set(at(row, column), desk.faults.nothing);
    }
  }
  return faults;
}

function faultIn(
  field: FieldName,
  text: string,
  places: ReadonlyMap<string, PlaceState>,
): string | null {
  if (field === "from" || field === "to") {
    return places.get(text) === "none" ? desk.faults.noPlace : null;
  }
  const rule = RULES[field];
  return rule === undefined || rule.takes(text) ? null : rule.says;
}

/** What cells must be, where anything but text is taken. */
const RULES: Partial<Record<FieldName, { takes: (text: string) => boolean; says: string }>> = {
  mode: { takes: (text) => modeOf(text) !== null, says: desk.faults.noMode },
  pieces: {
    takes: (text) => /^[1-9]\d*$/.test(text.replace(/[,\s]/g, "")),
    says: desk.faults.noNumber,
  },
  weight: { takes: (text) => Number.isFinite(decimalOf(text)), says: desk.faults.noNumber },
  promised: { takes: (text) => dateOf(text) !== null, says: desk.faults.noDate },
  email: {
    takes: (text) => /^[^@\s]{1,64}@[^@\s]{1,255}$/.test(text),
    says: desk.faults.noEmail,
  },
};

/** The distinct texts of places. */
export function placesIn(
  rows: readonly (readonly string[])[],
  columns: readonly Column[],
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const cells of rows) {
    for (const [index, field] of columns.entries()) {
      const text = (cells[index] ?? "").trim();
      if ((field === "from" || field === "to") && text !== "") found.add(text);
    }
  }
  return found;
}

/** What the API is told of a row. Clients go by the ids of their names. */
export function inputOf(
  cells: readonly string[],
  columns: readonly Column[],
  clients: ReadonlyMap<string, string>,
): PackageInput {
  const text = (field: FieldName): string | null => {
    const index = columns.indexOf(field);
    return (index < 0 ? "" : (cells[index] ?? "").trim()) || null;
  };
  const place = (field: FieldName): { search: string } | null => {
    const search = text(field);
    return search ? { search } : null;
  };
  const [number, client, promised] = [text("number"), text("client"), text("promised")];
  const [name, email] = [text("recipient"), text("email")];
  const [pieces, weight] = [text("pieces"), text("weight")];
  return {
    references: number ? [{ scheme: schemeOf(text("carrier") ?? ""), value: number }] : null,
    description: text("description"),
    client: client ? (clients.get(client) ?? null) : null,
    recipient: name || email ? { name, email, address: null } : null,
    origin: place("from"),
    destination: place("to"),
    carrier: carrierOf(text("carrier") ?? "") || null,
    mode: modeOf(text("mode") ?? ""),
    pieces: pieces ? Number(pieces.replace(/[,\s]/g, "")) : null,
    weight_kg: weight ? decimalOf(weight) : null,
    order: text("order"),
    promised: promised ? { first: dateOf(promised)?.toISOString() ?? promised } : null,
    cost_centre: text("costCentre"),
  };
}

/** The column that a field of a problem is about. */
export function columnOf(pointer: string, columns: readonly Column[]): number {
  const field = FIELDS.find(([start]) => pointer.startsWith(start))?.[1] ?? "number";
  return Math.max(0, columns.indexOf(field));
}

const FIELDS: readonly (readonly [string, FieldName])[] = [
  ["/references", "number"],
  ["/description", "description"],
  ["/client", "client"],
  ["/recipient/email", "email"],
  ["/recipient", "recipient"],
  ["/origin", "from"],
  ["/destination", "to"],
  ["/carrier", "carrier"],
  ["/mode", "mode"],
  ["/pieces", "pieces"],
  ["/weight_kg", "weight"],
  ["/order", "order"],
  ["/promised", "promised"],
  ["/cost_centre", "costCentre"],
];

const MODE_WORDS: Readonly<Record<string, Mode>> = {
  air: "air",
  plane: "air",
  flight: "air",
  road: "road",
  truck: "road",
  car: "road",
  sea: "sea",
  ship: "sea",
  ocean: "sea",
  rail: "rail",
  train: "rail",
};

function modeOf(text: string): Mode | null {
  return MODE_WORDS[text.trim().toLowerCase()] ?? null;
}

/** "1,104.5", "1.104,5", "7,5": the last sign that is none of three digits' is the decimal one. */
function decimalOf(text: string): number {
  const plain = text.replace(/\s/g, "");
  const last = Math.max(plain.lastIndexOf(","), plain.lastIndexOf("."));
  const signs = plain.replace(/[^.,]/g, "");
  const grouped = new Set(signs).size === 1 && signs.length > 1;
  if (last < 0 || grouped) return Number(plain.replace(/[.,]/g, ""));
  const whole = plain.slice(0, last).replace(/[.,]/g, "");
  return Number(`${whole}.${plain.slice(last + 1)}`);
}

function dateOf(text: string): Date | null {
  const german = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text);
  const iso = german
    ? `${german[3]}-${german[2]?.padStart(2, "0")}-${german[1]?.padStart(2, "0")}`
    : text;
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?$/.test(iso)) return null;
  const at = iso.length === 10 ? `${iso}T23:59:59` : iso.replace(" ", "T");
  if (!/(Z|[+-]\d{2}:?\d{2})$/i.test(at)) return instantOf(at);
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? null : date;
}

export function fieldName(field: Column): string {
  return field === "" ? desk.rows.ignored : fields[field];
}
