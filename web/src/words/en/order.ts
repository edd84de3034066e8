// Words of the order page.

export const order = {
  title: (order: string) => `Order ${order}`,
  delivered: (done: number, all: number) =>
    `${done.toLocaleString()} of ${all.toLocaleString()} delivered`,
  more: "There are more packages than were counted.",
  expected: "We expect the rest",
  between: (first: string, last: string) =>
    first === last ? first : `between ${first} and ${last}`,
  groups: "Where the rest are",
  nothing: "Everything of this order has arrived.",
  problems: (many: number) => (many === 1 ? "1 problem" : `${many} problems`),
  packages: "All packages",
  many: (many: number) => (many === 1 ? "1 package" : `${many.toLocaleString()} packages`),
  cost: "Shipping cost",
  somewhere: "Nobody has said where yet",
  leg: (leg: string, from: string | null, to: string | null) =>
    [`On a ${leg}`, from && `from ${from}`, to && `to ${to}`].filter(Boolean).join(" "),
};
