/** Streaming CSV in Node.js. */
export { CsvError, parse } from 'csv-parse';
