/** CSV of a text in Node.js. */
export { CsvError, parse } from 'csv-parse/sync';
