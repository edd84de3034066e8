// An import from the file to its report: the table is sent in parts, first to be checked, then to be
// recorded; sending a part again records nothing twice.
import { api, type Problem, problemOf, the } from "../../api/client";
import type { components } from "../../api/schema";
import { csvOf } from "../../ui/csv";
import { dayOf, myZone } from "../../words/times";
import { faultOf, remember, type Said, saidOf, tomlOf } from "./mapping";
import { type Part, partsOf, type Row, type Table, tableOf } from "./table";

type Report = components["schemas"]["ImportReport"];

/** What is wrong with one row. */
export interface RowFault {
  readonly line: number;
  readonly column: string | null;
  readonly reason: string;
}

/** What came of all parts so far. */
export interface Sum {
  readonly done: number;
  readonly recorded: number;
  readonly known: number;
  readonly failed: number;
  readonly faults: readonly RowFault[];
}

export type Step = "file" | "columns" | "check" | "done";

/** Rows in a part: an answer comes within moments, and progress is seen. */
const PART_ROWS_MAX = 500;
const PART_CHARACTERS_MAX = 2_000_000;
const NOTHING_DONE: Sum = { done: 0, recorded: 0, known: 0, failed: 0, faults: [] };

export class Wizard {
  step = $state<Step>("file");
  name = $state("");
  table = $state.raw<Table | null>(null);
  said = $state.raw<Said | null>(null);
  /** Why a file was not taken. */
  refused = $state<"no-table" | "excel" | null>(null);
  checked = $state.raw<Sum | null>(null);
  /** Whether cells were corrected since it was checked. */
  corrected = $state(false);
  recorded = $state.raw<Sum | null>(null);
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);
  #parts: readonly Part[] = [];
  #sent = 0;
  #turn = 0;

  fault = $derived(this.said ? faultOf(this.said) : null);
  rows = $derived(this.table?.rows.length ?? 0);

  async take(file: File): Promise<void> {
    this.refused = null;
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
      this.refused = "excel";
      return;
    }
    const table = tableOf(textOf(bytes));
    if (!table) {
      this.refused = "no-table";
      return;
    }
    this.name = file.name;
    this.table = table;
    this.said = saidOf(table, dayOf(new Date(file.lastModified)));
    this.step = "columns";
  }

  say(changed: Partial<Said>): void {
    if (this.said) this.said = { ...this.said, ...changed };
  }

  mapping(): string {
    const { table, said } = this;
    return table && said ? tomlOf(table, said, myZone()) : "";
  }

  /** Writes something else into a cell; what follows from it is told by checking again. */
  correct(line: number, column: number, text: string): void {
    if (!this.table) return;
    const rows = this.table.rows.map((it) =>
      it.line === line ? { line, cells: it.cells.with(column, text) } : it,
    );
    this.table = { ...this.table, rows };
    this.corrected = true;
  }

  /** Says what would happen, and writes nothing. */
  async check(): Promise<void> {
    const { table, said } = this;
    if (!table || !said || this.fault) return;
    remember(table, said);
    this.#parts = partsOf(table, PART_ROWS_MAX, PART_CHARACTERS_MAX);
    this.step = "check";
    this.corrected = false;
    this.checked = NOTHING_DONE;
    this.#sent = 0;
    await this.#send(
      true,
      (sum) => (this.checked = sum),
      () => this.checked ?? NOTHING_DONE,
    );
  }

  /** Records what is right; called again, it goes on where it stopped. */
  async record(): Promise<void> {
    if (this.recorded === null || this.problem === null) this.#sent = 0;
    this.recorded ??= NOTHING_DONE;
    this.step = "done";
    await this.#send(
      false,
      (sum) => (this.recorded = sum),
      () => this.recorded ?? NOTHING_DONE,
    );
  }

  back(): void {
    this.#turn += 1;
    this.busy = false;
    this.problem = null;
    this.checked = null;
    this.step = "columns";
  }

  again(): void {
    this.back();
    this.recorded = null;
    this.table = null;
    this.said = null;
    this.step = "file";
  }

  /** Every refused row as it was, with what is wrong: to be corrected and imported again. */
  report(faults: readonly RowFault[]): string {
    const { table } = this;
    if (!table) return "";
    const reasons = new Map<number, string[]>();
    for (const it of faults) {
      const says = it.column === null ? it.reason : `${it.column}: ${it.reason}`;
      reasons.set(it.line, [...(reasons.get(it.line) ?? []), says]);
    }
    const bad = table.rows.filter((it) => reasons.has(it.line));
    const rows = bad.map((it) => [
      String(it.line),
      (reasons.get(it.line) ?? []).join("; "),
      ...it.cells,
    ]);
    return csvOf([["Line", "What is wrong", ...table.header], ...rows], table.delimiter);
  }

  rowAt(line: number): Row | undefined {
    return this.table?.rows.find((it) => it.line === line);
  }

  async #send(dry_run: boolean, put: (sum: Sum) => void, now: () => Sum): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    this.busy = true;
    this.problem = null;
    try {
      for (; this.#sent < this.#parts.length; this.#sent += 1) {
        const part = this.#parts[this.#sent];
        if (!part) break;
        const body = { table: part.text, mapping: this.mapping(), dry_run, all_or_nothing: false };
        const report = await the(api.POST("/v1/imports", { body }));
        if (turn !== this.#turn) return;
        put(added(now(), part, report));
      }
    } catch (error) {
      const problem = await problemOf(error);
      if (turn === this.#turn) this.problem = problem;
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }
}

function added(sum: Sum, part: Part, report: Report): Sum {
  const faults = report.errors.map((it) => ({
    line: part.lines.get(it.line) ?? it.line,
    column: it.column ?? null,
    reason: it.reason,
  }));
  return {
    done: sum.done + part.rows,
    recorded: sum.recorded + report.recorded,
    // What an import that was stopped had done is known as well.
    known: sum.known + report.known + report.skipped,
    failed: sum.failed + report.failed,
    faults: [...sum.faults, ...faults],
  };
}

/** The text of a file, whatever a spreadsheet wrote it in. */
export function textOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
