/** Reads the headers of the pages of a Parquet column. */
import { type Fields, ThriftReader } from './thrift.js';

const DATA = 0;
const DICTIONARY = 2;
const DATA_V2 = 3;
/** Place of the header of a kind of page in the header of all pages, by kind. */
const HEADERS = new Map([
  [DATA, 5],
  [DICTIONARY, 7],
  [DATA_V2, 8],
]);
const MOST = 2 ** 31 - 1;

export interface Page {
  unpackedBytes: number;
  /** Number of values; 0 for a dictionary. */
  values: number;
}

function countIn(fields: Fields, field: number, what: string, most: number): number {
  const value = fields.get(field);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  const got = typeof value === 'number' ? String(value) : 'nothing';
  throw new Error(`got ${got} as ${what} of a page, expected 0 to ${most}`);
}

/** Checks the lengths of the levels, which precede the values. */
function checkLevels(header: Fields, values: number, packedBytes: number): void {
  countIn(header, 2, 'the missing values', values);
  countIn(header, 3, 'the rows', values);
  const definitions = countIn(header, 5, 'the bytes of definition levels', packedBytes);
  countIn(header, 6, 'the bytes of repetition levels', packedBytes - definitions);
}

/** Yields the pages of a column's bytes. Errors: a plain `Error` for a header that does not fit the bytes. */
export function* readPages(column: Uint8Array): Generator<Page> {
  const reader = new ThriftReader(column);
  // hyparquet takes a last byte for padding.
  while (reader.at < column.length - 1) {
    const page = reader.struct();
    const kind = countIn(page, 1, 'the type', DATA_V2);
    const unpackedBytes = countIn(page, 2, 'the unpacked bytes', MOST);
    const packedBytes = countIn(page, 3, 'the bytes', column.length - reader.at);
    const header = page.get(HEADERS.get(kind) ?? 0);
    if (!(header instanceof Map)) throw new Error(`a page of type ${kind} without its header`);
    // Each entry of a dictionary takes a byte or more.
    const values = countIn(header, 1, 'the values', kind === DICTIONARY ? unpackedBytes : MOST);
    if (kind === DATA_V2) checkLevels(header, values, packedBytes);
    reader.at += packedBytes;
    yield { unpackedBytes, values: kind === DICTIONARY ? 0 : values };
  }
}
