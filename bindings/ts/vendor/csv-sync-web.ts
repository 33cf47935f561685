/** CSV of a text in a page. */
export { CsvError, parse } from 'csv-parse/browser/esm/sync';
