/** Reads the files of an embedder: its JSON, and all of it in one file (models/FORMAT.md). */
import { errorFrom, SignalboxError } from '../errors.js';
import { describeBytes, SAFETENSORS } from '../files/describe.js';
import { type Fields, isObject } from '../files/fields.js';
import { concatenate } from '../files/sources.js';
import { isAddress, isBlob, isBytes, isResponse } from '../kinds.js';
import type { EmbedderFiles, EmbedderSource, Source } from '../types.js';
import { orderIn } from './row-order.js';

/** Four times the largest tokenizer of a known model. */
const MOST_BYTES = 1 << 26;

/** Parses JSON by `parse`. Errors: `bad_embedder`. */
export function parsedBy<T>(parse: (text: string) => T, bytes: Uint8Array, what: string): T {
  if (bytes.byteLength > MOST_BYTES) {
    throw new SignalboxError('bad_embedder', `${what} has ${bytes.byteLength} bytes, expected at most ${MOST_BYTES}`);
  }
  try {
    return parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const kind = describeBytes(bytes);
    const found = kind === undefined || kind === 'JSON' ? '' : `: it is ${kind}`;
    throw new SignalboxError('bad_embedder', `${what} is not JSON${found}`, { cause });
  }
}

/** Parses JSON. Errors: `bad_embedder`. */
export const parseJson = (bytes: Uint8Array, what: string): unknown => parsedBy(JSON.parse, bytes, what);

/** Returns a value that must be an object. Errors: `bad_embedder`. */
export function asObject(value: unknown, what: string): Fields {
  if (isObject(value)) return value;
  throw errorFrom('bad_embedder', `${what} is not a JSON object`);
}

/** Addresses of one file; all others are folders. */
const FILE = /^(data|blob):|\.(bin|safetensors)([?#]|$)/i;

/** Returns whether the source of an embedder is one file, as opposed to the address of a folder, or three files. */
export const isOneFile = (source: EmbedderSource): source is Source =>
  isAddress(source) ? FILE.test(String(source)) : isBytes(source) || isBlob(source) || isResponse(source);

/** Most bytes of the header of an embedder in one file, which has the tokenizer. */
const MOST_HEADER_BYTES = 1 << 27;

const LENGTH_BYTES = 8;

/** Returns the JSON of the header of a safetensors file and the place of the data. Errors: `bad_embedder`. */
function headerOf(file: Uint8Array): { header: unknown; dataAt: number } {
  const length = file.byteLength < LENGTH_BYTES ? 0n : new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  const dataAt = LENGTH_BYTES + Number(length);
  if (length === 0n || length > MOST_HEADER_BYTES || dataAt > file.byteLength) {
    const kind = describeBytes(file);
    const found = kind === undefined || kind === SAFETENSORS ? 'its header is damaged' : `it is ${kind}`;
    throw errorFrom('bad_embedder', `the embedder is not a safetensors file: ${found}`);
  }
  return { header: parseJson(file.subarray(LENGTH_BYTES, dataAt), "the embedder's header"), dataAt };
}

/** The files of an embedder as bytes. */
export type FilesInMemory = Record<keyof EmbedderFiles, Uint8Array<ArrayBuffer>>;

/** The parts of the header of an embedder in one file. */
export interface OneFileHeader {
  metadata: Fields;
  tokenizer: Uint8Array<ArrayBuffer>;
  config: Uint8Array<ArrayBuffer>;
  /** The length and the text that `model.safetensors` begins with. */
  start: Uint8Array<ArrayBuffer>;
  /** The same as JSON. */
  model: unknown;
  /** Offset of the data in the file. */
  dataAt: number;
}

/** Returns the bytes of the header that a file in memory needs to have; `undefined` if it is too short to tell. */
export function headerBytes(file: Uint8Array): number | undefined {
  if (file.byteLength < LENGTH_BYTES) return undefined;
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  return length > MOST_HEADER_BYTES ? undefined : LENGTH_BYTES + Number(length);
}

/** Reads the header of an embedder in one file. The file is untrusted; errors: `bad_embedder`. */
export function readHeader(file: Uint8Array): OneFileHeader {
  const { header, dataAt } = headerOf(file);
  const metadata = isObject(header) && isObject(header.__metadata__) ? header.__metadata__ : {};
  const encoder = new TextEncoder();
  const [tokenizer, config, text] = ['tokenizer.json', 'config.json', 'header'].map((key) => {
    const value = metadata[key];
    if (typeof value === 'string') return encoder.encode(value);
    const message = `the embedder's metadata has no text '${key}', expected an embedder in one file; of three files give the folder`;
    throw errorFrom('bad_embedder', message);
  }) as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.byteLength), true);
  const start = concatenate([length, text]);
  return { metadata, tokenizer, config, start, model: parseJson(text, 'the header of the model'), dataAt };
}

/**
 * Splits an embedder in one file into the three files that it was packed from, byte for byte. The file is untrusted; errors:
 * `bad_embedder`.
 */
export function unpackEmbedder(file: Uint8Array): FilesInMemory {
  const header = readHeader(file);
  const { tokenizer, config, start, dataAt } = header;
  const data = file.subarray(dataAt);
  const order = orderIn(header);
  if (order === undefined) return { tokenizer, config, model: concatenate([start, data]) };
  const model = new Uint8Array(start.byteLength + order.dataBytes);
  model.set(start);
  order.placeBeginning(data, model.subarray(start.byteLength));
  order.placeRest(data, model.subarray(start.byteLength));
  return { tokenizer, config, model };
}
