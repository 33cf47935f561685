/** Reads the headers of the pages of a Parquet column, and checks the runs in them, before hyparquet believes both. */
import { deltaBinaryUnpack, readRleBitPackedHybrid } from '../vendor/parquet.js';
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

/** Encodings that hold runs: of a dictionary's places (two names of one), and of booleans. */
const DICTIONARY_ENCODINGS = new Set([2, 8]);
const RUN_ENCODING = 3;
/** Texts without the start that they share with the one before. */
const DELTA_ENCODING = 7;
const MOST_WIDTH = 32;

/** Greatest repetition and definition level of a column, and whether its values are booleans. */
export interface Levels {
  repetition: number;
  definition: number;
  isBoolean: boolean;
}

/** Decompresses a page to the stated number of bytes; `undefined` for pages that are not compressed. */
export type Unpack = ((packed: Uint8Array, unpackedBytes: number) => Uint8Array) | undefined;

export interface Page {
  kind: number;
  header: Fields;
  /** Number of values; 0 for a dictionary. */
  values: number;
  packed: Uint8Array;
  unpackedBytes: number;
}

function countIn(fields: Fields, field: number, what: string, most: number): number {
  const value = fields.get(field);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  const got = typeof value === 'number' ? String(value) : 'nothing';
  throw new Error(`got ${got} as ${what} of a page, expected 0 to ${most}`);
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
    const packed = column.subarray(reader.at, reader.at + packedBytes);
    reader.at += packedBytes;
    yield { kind, header, values: kind === DICTIONARY ? 0 : values, packed, unpackedBytes };
  }
}

/** Checks runs of `count` values; hyparquet writes each run to its end, also beyond the values. */
function checkRuns(bytes: Uint8Array, at: number, width: number, count: number): void {
  if (width > MOST_WIDTH) throw new Error(`values of ${width} bits`);
  let next = at;
  for (let seen = 0; seen < count; ) {
    let header = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[next++];
      if (byte === undefined || scale > MOST) throw new Error('a run without its length');
      header += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    const run = Math.floor(header / 2);
    if (header % 2 === 1) {
      next += run * width;
      seen += 8 * run;
    } else {
      if (run > count) throw new Error(`a run of ${run} among ${count} values`);
      next += Math.ceil(width / 8);
      seen += run;
    }
    if (next > bytes.length) throw new Error('a run ends after its page');
  }
}

const widthOf = (most: number) => Math.ceil(Math.log2(most + 1));

/** Checks levels that begin with their length; returns the place after them. */
function checkLevels(bytes: Uint8Array, at: number, most: number, count: number): number {
  if (most === 0) return at;
  if (at + 4 > bytes.length) throw new Error('levels without their length');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
  checkRuns(bytes, at + 4, widthOf(most), count);
  return Math.min(at + 4 + length, bytes.length);
}

/** Checks values that are runs: of places in a dictionary after their width, or of booleans after their length. */
function checkValues(bytes: Uint8Array, at: number, encoding: number, isBoolean: boolean, count: number): void {
  if (DICTIONARY_ENCODINGS.has(encoding) || (encoding === RUN_ENCODING && !isBoolean)) {
    const width = bytes[at] ?? 0;
    if (width > 0) checkRuns(bytes, at + 1, width, count);
  } else if (encoding === RUN_ENCODING) {
    checkRuns(bytes, at + 4, 1, count);
  }
}

function unpackedOf(packed: Uint8Array, unpackedBytes: number, unpack: Unpack): Uint8Array {
  const bytes = unpack === undefined ? packed : unpack(packed, unpackedBytes);
  if (bytes.length !== unpackedBytes) {
    throw new Error(`a page has ${bytes.length} bytes, its header states ${unpackedBytes}`);
  }
  return bytes;
}

const readerAt = (bytes: Uint8Array, offset: number) => ({
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  offset,
});

/** Counts values below the greatest definition level, which are missing. */
function missingIn(bytes: Uint8Array, at: number, most: number, count: number): number {
  if (most === 0) return 0;
  const found = new Array<number>(count);
  readRleBitPackedHybrid(readerAt(bytes, at), widthOf(most), found);
  return found.reduce((sum, level) => sum + Number(level !== most), 0);
}

/** Returns the bytes of shared starts, of which the page has none. */
function sharedBytes(bytes: Uint8Array, at: number, count: number): number {
  const lengths = new Int32Array(count);
  if (count > 0) deltaBinaryUnpack(readerAt(bytes, at), count, lengths);
  return lengths.reduce((sum, length) => sum + Math.max(0, length), 0);
}

function checkFirst({ header, values, packed, unpackedBytes }: Page, levels: Levels, unpack: Unpack): number {
  const bytes = unpackedOf(packed, unpackedBytes, unpack);
  const definitions = checkLevels(bytes, 0, levels.repetition, values);
  const at = checkLevels(bytes, definitions, levels.definition, values);
  const encoding = countIn(header, 2, 'the encoding', MOST);
  checkValues(bytes, at, encoding, levels.isBoolean, values);
  if (encoding !== DELTA_ENCODING) return 0;
  return sharedBytes(bytes, at, values - missingIn(bytes, definitions, levels.definition, values));
}

function checkSecond({ header, values, packed, unpackedBytes }: Page, levels: Levels, unpack: Unpack): number {
  const missing = countIn(header, 2, 'the missing values', values);
  countIn(header, 3, 'the rows', values);
  const definitionBytes = countIn(header, 5, 'the bytes of definition levels', packed.length);
  const repetitionBytes = countIn(header, 6, 'the bytes of repetition levels', packed.length - definitionBytes);
  if (levels.repetition > 0) checkRuns(packed, 0, widthOf(levels.repetition), values);
  if (levels.definition > 0) checkRuns(packed, repetitionBytes, widthOf(levels.definition), values);
  const levelBytes = definitionBytes + repetitionBytes;
  if (levelBytes > unpackedBytes) throw new Error(`levels of ${levelBytes} bytes in a page of ${unpackedBytes}`);
  const isPacked = header.get(7) !== 0;
  const rest = unpackedOf(packed.subarray(levelBytes), unpackedBytes - levelBytes, isPacked ? unpack : undefined);
  const encoding = countIn(header, 4, 'the encoding', MOST);
  checkValues(rest, 0, encoding, true, values - missing);
  return encoding === DELTA_ENCODING ? sharedBytes(rest, 0, values - missing) : 0;
}

/**
 * Checks the runs of a page. Returns the bytes that its values take beyond those of the page. Errors: a plain `Error`.
 */
export function checkPage(page: Page, levels: Levels, unpack: Unpack): number {
  if (page.kind === DATA) return checkFirst(page, levels, unpack);
  return page.kind === DATA_V2 ? checkSecond(page, levels, unpack) : 0;
}
