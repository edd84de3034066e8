// The grid of pasted rows: its cells, what is wrong with each, and sending what is right.
import { SvelteMap, SvelteSet } from "svelte/reactivity";

import { api, onceKey, the } from "../../api/client";
import { asObject, asTexts, keep, kept } from "../../app/kept";
import { recent } from "./recent.svelte";
import { clientOf, register } from "./register";
import {
  at,
  type Column,
  columnOf,
  faultsOf,
  inputOf,
  PASTED_FIELDS,
  pastedOf,
  placesIn,
  type PlaceState,
} from "./rows";

const KEPT_AS = "desk.rows";
/** Places that are looked up at the same time. */
const LOOKED_UP_AT_ONCE = 6;

export class Sheet {
  columns = $state.raw<readonly Column[]>([]);
  rows = $state.raw<readonly (readonly string[])[]>([]);
  /** How many rows were pasted, when it was more than are taken. */
  found = $state(0);
  busy = $state(false);
  looking = $state(false);
  places = new SvelteMap<string, PlaceState>();
  /** What the server said of cells; forgotten when they change. */
  refused = new SvelteMap<string, string>();
  #looked = new SvelteSet<string>();

  faults = $derived.by(() => {
    const local = faultsOf(this.rows, this.columns, this.places);
    return new Map([...this.refused, ...local]);
  });

  constructor() {
    const before = kept(KEPT_AS, read);
    if (before) {
      this.columns = before.columns;
      this.rows = before.rows;
      this.#lookUp();
    }
  }

  paste(text: string): void {
    const pasted = pastedOf(text);
    this.refused.clear();
    // What is pasted onto rows of the same width goes on below them.
    const goesOn = this.rows.length > 0 && pasted.columns.length === this.columns.length;
    this.rows = goesOn ? [...this.rows, ...pasted.rows] : pasted.rows;
    if (!goesOn) this.columns = pasted.columns;
    this.found = pasted.found;
    this.#changed();
  }

  set(row: number, column: number, text: string): void {
    this.rows = this.rows.map((cells, index) =>
      index === row ? cells.map((cell, at) => (at === column ? text : cell)) : cells,
    );
    this.refused.delete(at(row, column));
    this.#changed();
  }

  mean(column: number, field: Column): void {
    this.columns = this.columns.map((it, index) => {
      if (index === column) return field;
      // A field stands in one column.
      return it === field ? "" : it;
    });
    this.refused.clear();
    this.#changed();
  }

  remove(row: number): void {
    this.rows = this.rows.filter((_, index) => index !== row);
    this.refused.clear();
    this.#changed();
  }

  clear(): void {
    this.rows = [];
    this.columns = [];
    this.refused.clear();
    this.#changed();
  }

  /** Registers every row that is right; the others stay, and so do those that are refused. */
  async send(): Promise<number> {
    this.busy = true;
    try {
      const clients = await this.#clients();
      const { rows, columns } = this;
      const right = rows.map((_, row) => columns.every((_, it) => !this.faults.has(at(row, it))));
      const inputs = rows
        .filter((_, row) => right[row])
        .map((cells) => inputOf(cells, columns, clients));
      const outcomes = await register(inputs, onceKey());
      let next = 0;
      const left: (readonly string[])[] = [];
      const refused: (readonly [string, string])[] = [];
      const number = columns.indexOf("number");
      const what = columns.indexOf("description");
      const registered = [];
      for (const [index, cells] of rows.entries()) {
        if (!right[index]) {
          left.push(cells);
          continue;
        }
        const outcome = outcomes[next];
        next += 1;
        if (outcome?.problem === null) {
          registered.push({
            id: outcome.id,
            number: cells[number] ?? "",
            what: cells[what] ?? "",
          });
          continue;
        }
        const errors = outcome?.problem.errors ?? [];
        for (const error of errors) {
          const pointer = error.pointer.replace(/^\/\d+/, "");
          refused.push([at(left.length, columnOf(pointer, columns)), error.detail]);
        }
        if (errors.length === 0) {
          const says = outcome?.problem.detail ?? outcome?.problem.title ?? "";
          refused.push([at(left.length, Math.max(0, number)), says]);
        }
        left.push(cells);
      }
      recent.add(registered);
      this.rows = left;
      this.refused.clear();
      for (const [cell, says] of refused) this.refused.set(cell, says);
      this.#changed();
      return registered.length;
    } finally {
      this.busy = false;
    }
  }

  async #clients(): Promise<Map<string, string>> {
    const column = this.columns.indexOf("client");
    const ids = new Map<string, string>();
    if (column < 0) return ids;
    for (const name of new Set(this.rows.map((it) => (it[column] ?? "").trim()))) {
      const id = await clientOf({ text: name, id: null });
      if (id) ids.set(name, id);
    }
    return ids;
  }

  #changed(): void {
    keep(KEPT_AS, this.rows.length > 0 ? { columns: this.columns, rows: this.rows } : null);
    this.#lookUp();
  }

  /** Asks what each new place is, a few at a time. */
  #lookUp(): void {
    const fresh = [...placesIn(this.rows, this.columns)].filter((it) => !this.#looked.has(it));
    if (fresh.length === 0) return;
    for (const text of fresh) this.#looked.add(text);
    this.looking = true;
    const next = async (): Promise<void> => {
      for (let text = fresh.pop(); text !== undefined; text = fresh.pop()) {
        const state = await stateOf(text).catch(() => null);
        // What could not be asked is told when it is sent.
        if (state) this.places.set(text, state);
      }
    };
    void Promise.all(Array.from({ length: LOOKED_UP_AT_ONCE }, next)).finally(() => {
      this.looking = false;
    });
  }
}

/** Whether a text names one place. The server decides the rest when it is told. */
async function stateOf(text: string): Promise<PlaceState> {
  const query = { q: text, limit: 3 };
  const found = await the(api.GET("/v1/places", { params: { query } }));
  return found.places.length + found.candidates.length === 0 ? "none" : "known";
}

function read(value: unknown): { columns: Column[]; rows: string[][] } | null {
  const found = asObject(value);
  const columns = asTexts(found?.["columns"]).map(
    (it) => PASTED_FIELDS.find((field) => field === it) ?? ("" as const),
  );
  const rows = Array.isArray(found?.["rows"]) ? found["rows"].map(asTexts) : [];
  return columns.length > 0 && rows.every((it) => it.length === columns.length)
    ? { columns, rows }
    : null;
}
