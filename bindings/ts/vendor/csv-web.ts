/** Streaming CSV in a page. */
export { CsvError, parse } from 'csv-parse/browser/esm';
