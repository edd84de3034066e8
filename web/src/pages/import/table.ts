// Tables as text: cells of comma, semicolon or tab separated lines (RFC 4180), and parts of a table
// that is too large to be sent at once.

/** A row and the line of the file on which it starts, from 1. */
export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface Table {
  readonly delimiter: string;
  readonly header: readonly string[];
  readonly rows: readonly Row[];
}

const DELIMITERS = ["\t", ";", ",", "|"] as const;

/** The table in a text; nothing if it has no line of headings and no row. */
export function tableOf(text: string): Table | null {
  const plain = text.replace(/^\uFEFF/, "");
  const delimiter = delimiterOf(plain);
  const [head, ...rows] = rowsOf(plain, delimiter);
  if (!head || rows.length === 0) return null;
  return { delimiter, header: head.cells.map((it) => it.trim()), rows };
}

/** What most evenly separates the cells of the first lines. */
export function delimiterOf(text: string): string {
  const [first = ""] = text.split(/\r?\n/, 1);
  const counts = DELIMITERS.map((it) => outsideQuotes(first, it));
  const most = Math.max(...counts);
  return most === 0 ? "," : (DELIMITERS[counts.indexOf(most)] ?? ",");
}

function outsideQuotes(line: string, wanted: string): number {
  return line.replace(/"[^"]*"/g, "").split(wanted).length - 1;
}

/** Every row with something in it. */
export function rowsOf(text: string, delimiter: string): Row[] {
  const rows: Row[] = [];
  let cells: string[] = [];
  let cell = "";
  let quoted = false;
  let line = 1;
  let start = 1;
  const end = (): void => {
    cells.push(cell);
    if (cells.some((it) => it.trim() !== "")) rows.push({ line: start, cells });
    cells = [];
    cell = "";
    start = line;
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (sign === "\n") line += 1;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (sign === '"' && cell.trim() === "") {
      cell = "";
      quoted = true;
    } else if (sign === delimiter) {
      cells.push(cell);
      cell = "";
    } else if (sign === "\n") end();
    else if (sign === "\r") {
      if (text[at + 1] !== "\n") {
        line += 1;
        end();
      }
    } else cell += sign;
  }
  if (cell !== "" || cells.length > 0) end();
  return rows;
}

/** A part of a table as a table of its own, and the lines its rows have in the whole one. */
export interface Part {
  readonly text: string;
  /** The line of the file by the line of the part, both from 1. */
  readonly lines: ReadonlyMap<number, number>;
  readonly rows: number;
}

/** Parts of at most so many rows and characters; each has the headings. */
export function partsOf(table: Table, rowsMax: number, charactersMax: number): Part[] {
  const parts: Part[] = [];
  const raw = (cells: readonly string[]): string =>
    cells.map((it) => (/[",;\t|\r\n]/.test(it) ? `"${it.replaceAll('"', '""')}"` : it)).join(",");
  const head = raw(table.header);
  let text = head;
  let lines = new Map<number, number>();
  let rows = 0;
  let line = 1;
  const end = (): void => {
    if (rows > 0) parts.push({ text, lines, rows });
    text = head;
    lines = new Map();
    rows = 0;
    line = 1;
  };
  for (const row of table.rows) {
    const written = raw(row.cells);
    if (rows === rowsMax || text.length + written.length > charactersMax) end();
    line += 1;
    lines.set(line, row.line);
    text += `\n${written}`;
    line += written.split("\n").length - 1;
    rows += 1;
  }
  end();
  return parts;
}
