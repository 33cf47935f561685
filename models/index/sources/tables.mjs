// Reads gzipped CSV files and JSON files.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';

/** Returns the rows of a gzipped CSV file as objects. */
export function readTable(folder, name) {
  return parse(gunzipSync(readFileSync(path.join(folder, name))), { columns: true });
}

export const readJson = (folder, name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));

/** Returns a number, or null for an empty cell. */
export const numberOf = (text) => (text === '' || text === undefined || text === null ? null : Number(text));
