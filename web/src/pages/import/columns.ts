// Which column of somebody's table is what: guessed by its heading, remembered once it was said.
import { fields } from "../../words/en/desk";

export type FieldName = keyof typeof fields;

/** Words that headings have, without spaces and signs; the first field that fits is meant. */
const HEADINGS: Record<FieldName, readonly string[]> = {
  number: [
    "number",
    "no",
    "nr",
    "trackingnumber",
    "tracking",
    "trackingno",
    "trackingid",
    "awb",
    "waybill",
    "consignment",
    "barcode",
    "id",
    "reference",
    "ref",
    "shipment",
    "shipmentid",
    "packageid",
    "sendungsnummer",
    "sscc",
  ],
  order: ["order", "orderno", "ordernumber", "po", "ponumber", "posono", "purchaseorder", "poso"],
  description: [
    "description",
    "what",
    "item",
    "items",
    "content",
    "contents",
    "goods",
    "product",
    "itemdescription",
  ],
  client: ["client", "customer", "owner", "whosegoods", "account", "project"],
  recipient: ["recipient", "consignee", "receiver", "attention", "attn", "contact", "name"],
  email: ["email", "mail", "recipientemail", "emailaddress"],
  from: ["from", "origin", "sender", "shipfrom", "pickup", "source", "startingat"],
  to: ["to", "destination", "shipto", "deliverto", "city", "country", "dest"],
  carrier: ["carrier", "shipper", "courier", "forwarder", "shippedby", "company"],
  mode: ["mode", "travelsby", "shipmentmode", "transport", "by"],
  pieces: ["pieces", "pcs", "quantity", "qty", "count", "parcels"],
  weight: ["weight", "kg", "weightkg", "grossweight", "kilograms", "kilos"],
  value: ["value", "declaredvalue", "price", "lineitemvalue"],
  currency: ["currency", "cur"],
  cost: ["cost", "freight", "freightcost", "shippingcost", "freightcostusd"],
  costCentre: ["costcentre", "costcenter", "department", "budget"],
  promised: [
    "promised",
    "eta",
    "due",
    "expected",
    "promise",
    "deliverydate",
    "scheduleddeliverydate",
  ],
  registered: ["registered", "ordered", "date", "created", "orderdate", "registeredon", "known"],
  departed: ["departed", "left", "shipped", "sent", "shipdate", "dispatched", "lefton"],
  delivered: ["delivered", "deliveredon", "arrived", "received", "deliveredtoclientdate"],
  receivedBy: ["receivedby", "signedby", "signature"],
  note: ["note", "notes", "remarks", "remark", "comment", "comments"],
};

export const FIELD_NAMES = Object.keys(fields) as readonly FieldName[];

/** What each heading most likely means; no field is given twice. */
export function guess(
  headings: readonly string[],
  allowed: readonly FieldName[] = FIELD_NAMES,
): (FieldName | "")[] {
  const given = new Set<FieldName>();
  const plain = headings.map(plainly);
  const found: (FieldName | "")[] = headings.map(() => "");
  const take = (fits: (heading: string, word: string) => boolean): void => {
    for (const [index, heading] of plain.entries()) {
      if (found[index] !== "" || heading === "") continue;
      const field = allowed.find(
        (it) => !given.has(it) && HEADINGS[it].some((word) => fits(heading, word)),
      );
      if (!field) continue;
      given.add(field);
      found[index] = field;
    }
  };
  take((heading, word) => heading === word);
  take((heading, word) => word.length > 3 && heading.startsWith(word));
  return found;
}

/** How many headings are words of ours: whether a first line is one of headings at all. */
export function headingsIn(cells: readonly string[]): number {
  return guess(cells).filter((it) => it !== "").length;
}

/** What a table is remembered by: its headings, whatever their case. */
export function signature(headings: readonly string[]): string {
  return headings.map(plainly).join("|");
}

function plainly(heading: string): string {
  return heading
    .toLowerCase()
    .normalize("NFD")
    .replace(/[^\p{Letter}\p{Number}]/gu, "");
}
