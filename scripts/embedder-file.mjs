// Packs the files of the package's models: an embedder into one file, and files into gzip streams. Uses only Node's own
// modules. models/FORMAT.md describes the result.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { constants, gzipSync } from 'node:zlib';

/** Files of an embedder in the layout of Model2Vec. */
export const EMBEDDER_FILES = ['tokenizer.json', 'config.json', 'model.safetensors'];

/** Compresses bytes. The result has no date. */
export const gzipped = (bytes) => gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION });

/** Joins the three files of an embedder: a safetensors file, whose metadata has the other two and its own header. */
export function joinEmbedder({ tokenizer, config, model: bytes }) {
  const model = Buffer.from(bytes);
  const end = 8 + Number(model.readBigUInt64LE());
  const text = model.toString('utf8', 8, end);
  const [tokenizerText, configText] = [tokenizer, config].map((file) => Buffer.from(file).toString());
  const metadata = { 'tokenizer.json': tokenizerText, 'config.json': configText, header: text };
  const json = JSON.stringify({ __metadata__: metadata, ...JSON.parse(text) });
  // The data begin at a multiple of 8.
  const header = Buffer.from(json.padEnd(json.length + ((8 - (Buffer.byteLength(json) % 8)) % 8)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, model.subarray(end)]);
}

/** Returns the embedder of a folder in one compressed file. */
export function packEmbedder(folder) {
  const [tokenizer, config, model] = EMBEDDER_FILES.map((name) => readFileSync(path.join(folder, name)));
  return gzipped(joinEmbedder({ tokenizer, config, model }));
}
