// Words of the order page.

export const order = {};
