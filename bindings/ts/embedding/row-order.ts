/** Reads the order of the rows in an embedder's one file, where those of frequent tokens come first (models/FORMAT.md). */
import { errorFrom } from '../errors.js';
import { type Fields, isObject } from '../files/fields.js';

/** Most bytes of the data of a model in this order. */
const MOST_BYTES = 1 << 28;

export interface RowOrder {
  /** Bytes of the model's data, all of them and up to the last early row. */
  readonly dataBytes: number;
  readonly beginningBytes: number;
  isEarly(row: number): boolean;
  /** Puts the data before the late rows in the place that they have in the model. */
  placeBeginning(data: Uint8Array, model: Uint8Array): void;
  /** Puts the late rows in their places. Errors: `bad_embedder` if the data have another size. */
  placeRest(data: Uint8Array, model: Uint8Array): void;
}

const bad = (what: string) =>
  errorFrom('bad_embedder', `the embedder's rows are in an order that it does not describe: ${what}`);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Returns the bytes of all tensors, and the place and number of the rows of the table. Errors: `bad_embedder`. */
function placesIn(model: unknown): { dataBytes: number; begin: number; end: number; rows: number } {
  const tensors: Fields = isObject(model) ? model : {};
  const extents = Object.entries(tensors).flatMap(([name, tensor]) =>
    name !== '__metadata__' && isObject(tensor) && Array.isArray(tensor.data_offsets) ? [tensor.data_offsets] : [],
  );
  const { embeddings } = tensors;
  const [begin, end]: unknown[] =
    isObject(embeddings) && Array.isArray(embeddings.data_offsets) ? embeddings.data_offsets : [];
  const [rows]: unknown[] = isObject(embeddings) && Array.isArray(embeddings.shape) ? embeddings.shape : [];
  const dataBytes = extents.reduce((most, [, last]) => (isCount(last) ? Math.max(most, last) : most), 0);
  if (tensors.mapping !== undefined) throw bad('a table with a mapping');
  if (!isCount(begin) || !isCount(end) || !isCount(rows) || begin >= end || end > dataBytes || dataBytes > MOST_BYTES) {
    throw bad('the extent of the table');
  }
  if (rows === 0 || (end - begin) % rows !== 0) throw bad('rows of unequal size');
  return { dataBytes, begin, end, rows };
}

/** Returns a bit for each row. Errors: `bad_embedder`. */
function bitsIn(early: string, rows: number): Uint8Array {
  let text: string;
  try {
    text = atob(early);
  } catch {
    throw bad('bits that are not base64');
  }
  if (text.length !== Math.ceil(rows / 8)) throw bad(`${text.length} bytes of bits for ${rows} rows`);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Returns the order that the metadata state; `undefined` if the data are those of the model. Errors: `bad_embedder`. */
export function orderIn({ metadata, model }: { metadata: Fields; model: unknown }): RowOrder | undefined {
  const { early } = metadata;
  if (early === undefined) return undefined;
  if (typeof early !== 'string') throw bad('bits that are not a text');
  const { dataBytes, begin, end, rows } = placesIn(model);
  const bits = bitsIn(early, rows);
  const isEarly = (row: number) => (((bits[row >> 3] as number) >> (row & 7)) & 1) === 1;
  const rowBytes = (end - begin) / rows;
  const otherBytes = dataBytes - (end - begin);
  let count = 0;
  for (let row = 0; row < rows; ++row) count += isEarly(row) ? 1 : 0;
  const beginningBytes = otherBytes + count * rowBytes;
  const place = (areEarly: boolean, data: Uint8Array, from: number, into: Uint8Array) => {
    for (let row = 0, at = from; row < rows; ++row) {
      if (isEarly(row) !== areEarly) continue;
      into.set(data.subarray(at, at + rowBytes), begin + row * rowBytes);
      at += rowBytes;
    }
  };
  return {
    dataBytes,
    beginningBytes,
    isEarly,
    placeBeginning: (data, into) => {
      if (data.byteLength < beginningBytes) throw bad(`${data.byteLength} bytes, expected ${dataBytes}`);
      into.set(data.subarray(0, begin));
      into.set(data.subarray(begin, otherBytes), end);
      place(true, data, otherBytes, into);
    },
    placeRest: (data, into) => {
      if (data.byteLength !== dataBytes) throw bad(`${data.byteLength} bytes, expected ${dataBytes}`);
      place(false, data, beginningBytes, into);
    },
  };
}
