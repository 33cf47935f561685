// Checks the budgets for the files that a page downloads before its first decision.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gunzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { readHeader } from '../../dist/embedding/embedder-files.js';
import { orderIn } from '../../dist/embedding/row-order.js';
import { dist } from './support/fixtures.mjs';

const at = (name) => fileURLToPath(new URL(name, dist));
const sizes = new Map();
/** Returns a size with the strongest brotli. This takes seconds for the larger files, so each is packed once. */
const packed = (name) => {
  if (!sizes.has(name)) {
    const bytes = readFileSync(at(name));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    sizes.set(name, brotliCompressSync(bytes, { params }).byteLength);
  }
  return sizes.get(name);
};
const sum = (names) => names.reduce((total, name) => total + packed(name), 0);

const EMBEDDER = 'models/embedder/embedder.bin';
const CORE = ['signalbox.wasm', 'wasm/signalbox-glue.mjs'];
/** More than a page loads: includes builds, all importers and both sides of the worker, but not the command. */
const SCRIPTS = readdirSync(at('.'), { recursive: true }).filter((name) =>
  /^(?!web|cli|vendor.*-node\.js).*\.js$/.test(name),
);

it('wasm and glue take at most 100 KB as brotli', () => {
  assert.ok(sum(CORE) <= 100e3, `${sum(CORE)} bytes`);
});

const INDEX = 'models/index/index.sbx';

const sizeOf = (name) => statSync(at(name)).size;

it('the index takes at most 2.1 MB, its texts at most 2 MB', () => {
  assert.ok(sizeOf(INDEX) <= 2.1e6, `${sizeOf(INDEX)} bytes`);
  const texts = readdirSync(at('models/index/texts')).map((name) => statSync(at(`models/index/texts/${name}`)).size);
  assert.ok(texts.length > 0);
  const total = texts.reduce((bytes, size) => bytes + size, 0);
  assert.ok(total <= 2e6, `${total} bytes`);
});

it('core, embedder and index, all before the first decision, take at most 3.4 MB on a host that compresses nothing', () => {
  const total = [...CORE, EMBEDDER, INDEX].reduce((bytes, name) => bytes + sizeOf(name), 0);
  assert.ok(total <= 3.4e6, `${total} bytes`);
});

/** Returns how much of the embedder's file has to come until the first rows of its table are there. */
function earlyBytes() {
  const file = readFileSync(at(EMBEDDER));
  const header = readHeader(gunzipSync(file));
  const needed = header.dataAt + orderIn(header).beginningBytes;
  let [few, enough] = [0, file.length];
  while (enough - few > 1) {
    const bytes = (few + enough) >> 1;
    const { length } = gunzipSync(file.subarray(0, bytes), { finishFlush: constants.Z_SYNC_FLUSH });
    if (length < needed) few = bytes;
    else enough = bytes;
  }
  return enough;
}

it('core, index and the first rows of the embedder, which an early decision needs, take at most 2 MB', () => {
  const total = [...CORE, INDEX].reduce((bytes, name) => bytes + sizeOf(name), earlyBytes());
  assert.ok(total <= 2e6, `${total} bytes`);
});

it('everything before the first decision, all scripts included, takes less than 3.7 MB', () => {
  const total = sum([...CORE, ...SCRIPTS]) + sizeOf(EMBEDDER) + sizeOf(INDEX);
  assert.ok(total < 3.7e6, `${total} bytes`);
});

/** Bundles a script for pages; `inputs` are the modules in it, with their bytes. */
async function bundled(contents) {
  const page = { bundle: true, minify: true, platform: 'browser', format: 'esm', target: 'es2022' };
  const stdin = { contents, resolveDir: at('.') };
  const { metafile, outputFiles } = await build({ stdin, ...page, metafile: true, write: false });
  const [{ inputs }] = Object.values(metafile.outputs);
  return { inputs, size: outputFiles[0].contents.length };
}

it('a page that builds in a worker takes less than 9 KB of scripts beside those of a router in a worker, and no parser', async () => {
  const { inputs, size } = await bundled(
    "export { buildInWorker, choicesText, DROP_REASONS, reportText, SOURCES } from './build.js'",
  );
  const router = await bundled("export { WorkerRouter } from './worker.js'");
  const shared = Object.keys(inputs).filter((name) => router.inputs[name]?.bytesInOutput >= inputs[name].bytesInOutput);
  const beside = size - shared.reduce((bytes, name) => bytes + inputs[name].bytesInOutput, 0);
  assert.ok(beside < 10e3, `${beside} bytes`);
  assert.ok(size < 16.5e3, `${size} bytes`);
  const foreign = Object.keys(inputs).filter(
    (name) => /node_modules|vendor/.test(name) && inputs[name].bytesInOutput > 0,
  );
  assert.deepEqual(foreign, []);
});
