// Selected packages as a table, with the columns of a list that is exported whole.
import type { PackageLine } from "../../api/client";
import { csvOf } from "../csv";

const COLUMNS = [
  "id",
  "status",
  "status_at",
  "description",
  "number",
  "carrier",
  "mode",
  "client",
  "known_since",
] as const;

export function tableOf(lines: readonly PackageLine[]): string {
  return csvOf([COLUMNS, ...lines.map((line) => COLUMNS.map((name) => line[name] ?? ""))]);
}
