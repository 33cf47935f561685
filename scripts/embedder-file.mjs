// Packs the files of the package's models: an embedder into one file, and files into gzip streams. Uses only Node's own
// modules. models/FORMAT.md describes the result.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { constants, gzipSync } from 'node:zlib';

/** Files of an embedder in the layout of Model2Vec. */
export const EMBEDDER_FILES = ['tokenizer.json', 'config.json', 'model.safetensors'];

/** Compresses bytes. The result has no date. */
export const gzipped = (bytes) => gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION });

/** The rows of a folder's table that come first, as bits in base64; models/embedder/early-rows.mjs writes it. */
export const EARLY_ROWS = 'early-rows.txt';

function hashOf(pieces) {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return `sha256:${hash.digest('hex')}`;
}

/** Returns the data of a model with everything but the table first, then the rows whose bit is set, then the others. */
function inOrder(data, { embeddings, ...others }, mask) {
  const [begin, end] = embeddings.data_offsets;
  const [rows] = embeddings.shape;
  const rowBytes = (end - begin) / rows;
  if (others.mapping !== undefined) throw new Error('a table with a mapping has no early rows');
  if (mask.length !== Math.ceil(rows / 8))
    throw new Error(`got ${mask.length} bytes of early rows, expected a bit a row`);
  const isEarly = (row) => ((mask[row >> 3] >> (row & 7)) & 1) === 1;
  const numbers = Array.from({ length: rows }, (_, row) => row);
  const [early, late] = [numbers.filter(isEarly), numbers.filter((row) => !isEarly(row))];
  const rowAt = (row) => data.subarray(begin + row * rowBytes, begin + (row + 1) * rowBytes);
  const parts = {
    other: [data.subarray(0, begin), data.subarray(end)],
    early: early.map(rowAt),
    late: late.map(rowAt),
  };
  let at = 0;
  const tensors = Object.entries(parts).map(([name, pieces]) => {
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    at += bytes;
    return [name, { dtype: 'U8', shape: [bytes], data_offsets: [at - bytes, at] }];
  });
  const beginning = [...parts.other, ...parts.early];
  return { tensors: Object.fromEntries(tensors), beginning, data: Buffer.concat([...beginning, ...parts.late]) };
}

/**
 * Joins the three files of an embedder: a safetensors file, whose metadata has the other two and its own header. With `early`,
 * bits in base64, some rows of the table come before the rest, so that a reader can begin with these.
 */
export function joinEmbedder({ tokenizer, config, model: bytes }, early) {
  const model = Buffer.from(bytes);
  const end = 8 + Number(model.readBigUInt64LE());
  const text = model.toString('utf8', 8, end);
  const [tokenizerText, configText] = [tokenizer, config].map((file) => Buffer.from(file).toString());
  const metadata = { 'tokenizer.json': tokenizerText, 'config.json': configText, header: text };
  let { tensors, data } = { tensors: JSON.parse(text), data: model.subarray(end) };
  if (early !== undefined) {
    const ordered = inOrder(data, tensors, Buffer.from(early, 'base64'));
    ({ tensors, data } = ordered);
    const hash = hashOf([model, tokenizer]);
    const early_hash = hashOf([tokenizerText, configText, text, early, ...ordered.beginning]);
    Object.assign(metadata, { early, early_hash, hash });
  }
  const json = JSON.stringify({ __metadata__: metadata, ...tensors });
  // The data begin at a multiple of 8.
  const header = Buffer.from(json.padEnd(json.length + ((8 - (Buffer.byteLength(json) % 8)) % 8)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, data]);
}

/** Returns the embedder of a folder in one compressed file. */
export function packEmbedder(folder) {
  const [tokenizer, config, model] = EMBEDDER_FILES.map((name) => readFileSync(path.join(folder, name)));
  const list = path.join(folder, EARLY_ROWS);
  const early = existsSync(list) ? readFileSync(list, 'utf8').trim() : undefined;
  return gzipped(joinEmbedder({ tokenizer, config, model }, early));
}
