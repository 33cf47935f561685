/** Address of a file at the root of the package; in a bundle for Node.js, whose files lie beside it, that of the bundle. */
export const ROOT = import.meta.url;
