// The larger embedders that the site offers: whose weights, from which address, and with which index.
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';

/** `modelBytes` is the size of the hub's files that a load reads; `index` is a twin of the default index. */
const OFFERED = [
  {
    key: 'minilm',
    name: 'MiniLM',
    id: 'Xenova/all-MiniLM-L6-v2',
    dtype: 'q8',
    pooling: 'mean',
    maxTokens: 256,
    modelBytes: 23_685_000,
    index: 'models/minilm/index-minilm.sbx',
  },
  {
    key: 'mpnet',
    name: 'mpnet',
    id: 'Xenova/all-mpnet-base-v2',
    dtype: 'q8',
    pooling: 'mean',
    maxTokens: 384,
    modelBytes: 110_600_000,
    index: 'models/mpnet/index-mpnet.sbx',
  },
];

const RUNTIME = path.join(root, 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm');

const OWN_KEYS = ['address', 'files', 'index', 'id', 'dtype', 'file', 'pooling', 'maxTokens'];

function checkKeys(what, value, keys) {
  if (typeof value !== 'object' || value === null)
    throw new Error(`${what} is ${JSON.stringify(value)}, expected an object`);
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw new Error(`${what} has the field '${unknown}', expected ${keys.join(', ')}`);
}

function checkFiles(what, files) {
  const entries = typeof files === 'object' && files !== null ? Object.entries(files) : [];
  if (entries.length === 0) throw new Error(`${what} has no files: add those that 'signalbox manifest' prints`);
  for (const [file, claim] of entries) {
    checkKeys(`${what}: ${file}`, claim, ['sha256', 'sizeBytes']);
    const { sha256, sizeBytes } = claim;
    if (!/^[0-9a-f]{64}$/.test(sha256))
      throw new Error(`${what}: the sha256 of ${file} is ${sha256}, expected 64 digits`);
    if (!Number.isInteger(sizeBytes))
      throw new Error(`${what}: the sizeBytes of ${file} is ${sizeBytes}, expected a number`);
  }
}

/** Returns an offer as a deployment changed it. */
function ownOffer(offer, { address, files, ...rest }) {
  const what = `the embedder ${offer.key}`;
  if (address === undefined && files === undefined) return { ...offer, ...rest };
  if (typeof address !== 'string' || address === '') throw new Error(`${what} has files, but no address of a folder`);
  checkFiles(what, files);
  const modelBytes = Object.values(files).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { ...offer, ...rest, modelBytes, address, manifest: { files } };
}

/**
 * Returns the offers whose index exists, with its path as `indexFile`. `own` says by key what a deployment serves itself: `address` of a folder of weights
 * (relative to the page, or on another host) and `files` with hash and size of each, as `signalbox manifest` prints them;
 * `index`, the path of another index; and what else differs (`id`, `dtype`, `file`, `pooling`, `maxTokens`). Errors: unknown,
 * missing or wrong fields, and an index that does not exist.
 */
export function offeredEmbedders(own = {}) {
  checkKeys(
    'the file of embedders',
    own,
    OFFERED.map(({ key }) => key),
  );
  const offers = OFFERED.map((offer) => {
    const said = own[offer.key];
    if (said === undefined) return offer;
    checkKeys(`the embedder ${offer.key}`, said, OWN_KEYS);
    return ownOffer(offer, said);
  });
  return offers.flatMap(({ index, ...offer }) => {
    const indexFile = path.resolve(root, index);
    if (own[offer.key] !== undefined && !existsSync(indexFile))
      throw new Error(`the index ${indexFile} does not exist`);
    return existsSync(indexFile) ? [{ ...offer, indexFile }] : [];
  });
}

/** Size of ONNX Runtime, which every larger embedder needs. */
export const runtimeBytes = () => statSync(RUNTIME).size;

/** Returns the hosts of the weights that are neither the page's own nor the hub's: the page's policy has to allow them. */
export const otherHosts = (offers) => [
  ...new Set(offers.flatMap(({ address = '' }) => (/^https?:/.test(address) ? [new URL(address).origin] : []))),
];

/** Reads the file that `--embedders FILE` names. */
export const readEmbedders = (file) => JSON.parse(readFileSync(file, 'utf8'));
