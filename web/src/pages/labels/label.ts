// What stands on a label, and how many go on a sheet.
import type { Package } from "../../api/client";

export interface LabelText {
  readonly id: string;
  readonly number: string;
  readonly description: string;
  readonly from: string;
  readonly to: string;
  /** Who gets it, with the address if there is one. */
  readonly recipient: readonly string[];
  readonly order: string;
  readonly client: string;
  readonly carrier: string;
  readonly pieces: number;
}

export const SHEETS = ["single", "a4x4", "a4x8"] as const;
export type Sheet = (typeof SHEETS)[number];

/** Labels on each sheet. */
export const ON_SHEET: Record<Sheet, number> = { single: 1, a4x4: 4, a4x8: 8 };

/** What a package's label says. */
export function labelOf(it: Package): LabelText {
  const { record, names } = it;
  const named = (id: unknown): string => (typeof id === "string" ? (names[id] ?? "") : "");
  const recipient = [record.recipient?.name, record.recipient?.address];
  return {
    id: it.id,
    number: record.references?.[0]?.value ?? "",
    description: record.description ?? "",
    from: named(record.origin),
    to: named(record.destination),
    recipient: recipient.filter((line): line is string => Boolean(line)),
    order: record.order ?? "",
    client: named(record.client),
    carrier: record.carrier ?? "",
    pieces: record.pieces ?? 1,
  };
}

/** Labels in sheets, each as often as it is wanted. */
export function sheetsOf<T>(labels: readonly T[], sheet: Sheet, copies: number): T[][] {
  const all = labels.flatMap((it) => Array.from({ length: copies }, () => it));
  const size = ON_SHEET[sheet];
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

/** What the QR code says: the page of the package, for any phone's camera. */
export function addressOf(id: string, origin: string): string {
  return `${origin}/packages/${encodeURIComponent(id)}`;
}
