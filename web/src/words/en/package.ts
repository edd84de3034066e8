// Words of the package page.

export const packageWords = {};
