// How a table is to be read: what somebody said of its columns, written as the mapping file that
// the command line takes as well.
import { asObject, asTexts, keep, kept } from "../../app/kept";
import { FIELD_NAMES, type FieldName, guess, signature } from "./columns";
import type { Table } from "./table";

/** What a column is: a field, a note under its heading, or nothing. */
export type Meaning = FieldName | "kept" | "";

export const DATE_FORMS = ["iso", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%b-%y"] as const;
export type DateForm = (typeof DATE_FORMS)[number];

/** Everything that is said of a table. */
export interface Said {
  readonly columns: readonly Meaning[];
  readonly dates: DateForm;
  readonly decimal: "." | ",";
  /** Whether a place that cannot be found refuses its row, or is kept as a note. */
  readonly places: "error" | "note";
  /** A day, for rows without a date of their own. */
  readonly registered: string;
}

const KEPT_AS = "import.columns";
/** Tables that are remembered. */
const KEPT_MAX = 30;

const DATE_FIELDS: ReadonlySet<Meaning> = new Set<Meaning>([
  "registered",
  "promised",
  "departed",
  "delivered",
]);
const NUMBER_FIELDS: ReadonlySet<Meaning> = new Set<Meaning>(["weight", "value", "cost"]);

/** What was said of a table with these headings before, or what they most likely mean. */
export function saidOf(table: Table, day: string): Said {
  const guessed: Said = {
    columns: guess(table.header),
    dates: "iso",
    decimal: ".",
    places: "error",
    registered: day,
  };
  const before = kept(KEPT_AS, asObject)?.[signature(table.header)];
  const columns =
    readMeanings(asObject(before)?.["columns"], table.header.length) ?? guessed.columns;
  const said = { ...guessed, columns };
  return { ...said, dates: datesIn(table, said), decimal: decimalIn(table, said) };
}

/** Remembers what was said, for the next table with the same headings. */
export function remember(table: Table, said: Said): void {
  const name = signature(table.header);
  const others = Object.entries(kept(KEPT_AS, asObject) ?? {}).filter(([it]) => it !== name);
  const all = [...others.slice(-(KEPT_MAX - 1)), [name, { columns: said.columns }] as const];
  keep(KEPT_AS, Object.fromEntries(all));
}

function readMeanings(value: unknown, length: number): Meaning[] | null {
  const texts = asTexts(value);
  if (texts.length !== length) return null;
  return texts.map((it) => (it === "kept" ? it : (FIELD_NAMES.find((name) => name === it) ?? "")));
}

const SHAPES: Record<DateForm, RegExp> = {
  iso: /^\d{4}-\d{2}-\d{2}/,
  "%d.%m.%Y": /^\d{1,2}\.\d{1,2}\.\d{4}$/,
  "%d/%m/%Y": /^(\d{1,2})\/\d{1,2}\/\d{4}$/,
  "%m/%d/%Y": /^\d{1,2}\/(\d{1,2})\/\d{4}$/,
  "%d-%b-%y": /^\d{1,2}-[A-Za-z]{3}-\d{2}$/,
};

/** How most dates of a table are written; a first part above 12 tells days from months. */
function datesIn(table: Table, said: Said): DateForm {
  const texts = valuesOf(table, said, DATE_FIELDS);
  const fits = (form: DateForm): number => {
    const parts = texts.map((it) => SHAPES[form].exec(it)).filter((it) => it !== null);
    const possible =
      form === "%m/%d/%Y" ? texts.every((it) => !/^(1[3-9]|[23]\d)\//.test(it)) : true;
    const certain = parts.filter((it) => Number(it[1] ?? 0) > 12).length;
    return possible ? parts.length + certain : 0;
  };
  return DATE_FORMS.reduce((best, it) => (fits(it) > fits(best) ? it : best), "iso");
}

/** Whether a comma is what stands before the decimals. */
function decimalIn(table: Table, said: Said): "." | "," {
  const texts = valuesOf(table, said, NUMBER_FIELDS);
  const commas = texts.filter((it) => /,\d{1,2}$|\.\d{3},/.test(it)).length;
  const points = texts.filter((it) => /\.\d{1,2}$|,\d{3}\./.test(it)).length;
  return commas > points ? "," : ".";
}

const LOOKED_AT = 200;

function valuesOf(table: Table, said: Said, wanted: ReadonlySet<Meaning>): string[] {
  return table.rows
    .slice(0, LOOKED_AT)
    .flatMap((row) =>
      said.columns.flatMap((it, index) =>
        wanted.has(it) ? [(row.cells[index] ?? "").trim()] : [],
      ),
    )
    .filter((it) => it !== "");
}

/** What is wrong with what was said: no number, or a field twice. */
export function faultOf(
  said: Said,
): { is: "no-number" } | { is: "twice"; field: FieldName } | null {
  const fields = said.columns.filter((it): it is FieldName => it !== "" && it !== "kept");
  const twice = fields.find((it, index) => fields.indexOf(it) !== index);
  if (twice) return { is: "twice", field: twice };
  return fields.includes("number") ? null : { is: "no-number" };
}

/** The mapping file (TOML). The same table said in the same way is the same import. */
export function tomlOf(table: Table, said: Said, zone: string): string {
  const heading = (field: Meaning): string | null => {
    const index = said.columns.indexOf(field);
    return index < 0 ? null : text(table.header[index] ?? "");
  };
  const column = (field: Meaning): string | null => {
    const name = heading(field);
    return name && `{ column = ${name} }`;
  };
  const dated = (field: Meaning, more = ""): string | null => {
    const name = heading(field);
    return name && `{ column = ${name}, formats = [${text(said.dates)}]${more} }`;
  };
  const money = (field: Meaning): string | null => {
    const name = heading(field);
    const currency = heading("currency");
    return (
      name &&
      `column = ${name}, ${currency ? `currency_column = ${currency}, ` : ""}currency = "EUR"`
    );
  };
  const notes = said.columns.flatMap((it, index) =>
    it === "kept" || it === "note" ? [text(table.header[index] ?? "")] : [],
  );
  const [name, email, value, cost] = [
    column("recipient"),
    column("email"),
    money("value"),
    money("cost"),
  ];
  const recipient = [name && `name = ${name}`, email && `email = ${email}`]
    .filter(Boolean)
    .join(", ");
  const weight = heading("weight");
  const mode = heading("mode");
  const set = (key: string, it: string | null): string[] => (it ? [`${key} = ${it}`] : []);
  const at = dated("delivered", ', time_zone = "place"');
  const left = dated("departed", ', time_zone = "place"');
  return [
    'name = "web"',
    ...set("key", listed([heading("number")])),
    'none = ["-", "n/a", "none"]',
    `unresolved = ${text(said.places)}`,
    `time_zone = ${text(zone)}`,
    ...set("note_columns", listed(notes)),
    `registered_at = [${[dated("registered"), `{ value = ${text(said.registered)} }`].filter(Boolean).join(", ")}]`,
    "[numbers]",
    `decimal = ${text(said.decimal)}`,
    `thousands = ${text(said.decimal === "." ? "," : ".")}`,
    "[package]",
    ...set("description", column("description")),
    ...set("client", column("client")),
    ...set("recipient", recipient && `{ ${recipient} }`),
    ...set("cost_centre", column("costCentre")),
    ...set("order", column("order")),
    ...set("origin", column("from")),
    ...set("destination", column("to")),
    ...set("carrier", column("carrier")),
    ...set("mode", mode && `{ column = ${mode}, map = ${MODE_WORDS} }`),
    ...set("pieces", column("pieces")),
    ...set("weight", weight && `{ column = ${weight}, unit = ${text(unitIn(weight))} }`),
    ...set("declared_value", value && `{ ${value} }`),
    ...set("promised", dated("promised", ', time_zone = "place"')),
    ...(heading("number")
      ? ["[[reference]]", 'scheme = "tracking"', ...set("column", heading("number"))]
      : []),
    ...(cost ? ["[[cost]]", 'kind = "freight"', cost.replaceAll(", c", "\nc")] : []),
    ...(left ? ["[[event]]", 'kind = "departed"', `at = ${left}`] : []),
    ...(at
      ? [
          "[[event]]",
          'kind = "delivered"',
          `at = ${at}`,
          ...set("received_by", column("receivedBy")),
        ]
      : []),
    "",
  ].join("\n");
}

const MODE_WORDS =
  '{ "plane" = "air", "flight" = "air", "air charter" = "air", "truck" = "road", "car" = "road", "ship" = "sea", "ocean" = "sea", "train" = "rail" }';

/** The unit that a heading says: "Weight (lb)". */
function unitIn(heading: string): string {
  if (/\b(lbs?|pounds?)\b/i.test(heading)) return "lb";
  return /\((g|grams?)\)/i.test(heading) ? "g" : "kg";
}

function listed(texts: readonly (string | null)[]): string | null {
  const all = texts.filter((it): it is string => it !== null);
  return all.length > 0 ? `[${all.join(", ")}]` : null;
}

/** A text of TOML, which is one of JSON but for the last control character. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll("\u007f", "\\u007f");
}

/** What was said, as far as it reads. Used by whoever shows it. */
export function meaningOf(value: string): Meaning {
  if (value === "kept") return value;
  return FIELD_NAMES.find((it) => it === value) ?? "";
}
