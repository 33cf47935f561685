export const extras = {};
