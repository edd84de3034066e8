// Tables as spreadsheets read them.

/** A table as CSV. */
export function csvOf(rows: readonly (readonly string[])[], delimiter = ","): string {
  return rows.map((cells) => cells.map((it) => quote(it, delimiter)).join(delimiter)).join("\r\n");
}

/** A cell as CSV has it; one that a spreadsheet would run as a formula is kept from it. */
function quote(cell: string, delimiter = ","): string {
  const harmless = /^[=@\t\r]|^[+-](?![\d.,\s]*$)/.test(cell) ? `'${cell}` : cell;
  const plain = !harmless.includes(delimiter) && !/["\r\n]/.test(harmless);
  return plain ? harmless : `"${harmless.replaceAll('"', '""')}"`;
}
