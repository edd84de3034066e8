// Words of the list page.

export const listWords = {};
