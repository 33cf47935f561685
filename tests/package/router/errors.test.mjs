// Reaches every error code by a real misuse. Messages state the value received and expected, and nothing stays open or
// broken.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { errorFrom } from '../../../dist/errors.js';
import { ERROR_CODES, liveHandles, Router, SignalboxError, StaticEmbedder } from '../../../dist/index.js';
import { fetchFile } from '../../../dist/onnx/fetching.js';
import { openFileCache } from '../../../dist/onnx/file-cache-web.js';
import { loadCore } from '../../../dist/wasm/core-module.js';
import { embedderFiles, expectNothingOpen, jsonBytes, randomSpec, refused } from '../support/fixtures.mjs';
import { confinedWasm, FIELD, withField, withoutSection, withSection } from '../support/forgeries.mjs';
import { startServer } from '../support/http-server.mjs';

const spec = randomSpec({ codes: 'float32', metadata: { name: 'tiny' } });
let bytes;
let router;
let server;

before(async () => {
  bytes = await buildIndex(spec);
  router = await Router.load({ index: bytes, embedder: embedderFiles() });
  const page = { headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<!doctype html><title>404</title>' };
  const answers = { page, mode: { body: 'a model' } };
  server = await startServer((path) => answers[path.slice(1, 5)] ?? null);
});
after(() => {
  router.dispose();
  return server.close();
});
expectNothingOpen();

const open = (index) => Router.load({ index, embedder: null });
const openChanged = (offset, value) => open(withField(bytes, offset, value));
/** A file that is as large as its header states. */
const extended = (file, size) => {
  const larger = new Uint8Array(size);
  larger.set(file);
  return withField(larger, FIELD.fileSize, size);
};
const openSection = (name, change) => open(withSection(bytes, router.info, name, change));
const setFloat = (value) => (section) => new DataView(section.buffer, section.byteOffset).setFloat32(0, value, true);
const embedderWith = (changes) => StaticEmbedder.load({ ...embedderFiles(), ...changes });
const wasm = (source) => Router.load({ wasm: source, index: bytes, embedder: null });
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const closed = async () => {
  const other = await open(bytes);
  other.dispose();
  return other;
};

/** [description, misuse, message] by code. */
const MISUSES = {
  invalid_argument: [
    ['an option outside its range', () => router.route('a poem', { k: 0 }), /k is 0, expected an integer from 1/],
    ['an unknown option', () => router.route('a poem', { topK: 3 }), /'topK' is not known/],
    ['a prompt that is not a text', () => router.route(7), /the input is 7, expected a prompt, \{ messages \}/],
    ['an index from nowhere', () => open(7), /expected an address, bytes, a Blob or a Response/],
  ],
  dimension_mismatch: [
    ['a vector that is too short', () => router.route([1, 2]), /has 2 dimensions, the index needs 8/],
    [
      'a matrix whose length is not a multiple of dim',
      () => router.routeTask(new Float32Array(12)),
      /got 12 values, the index needs vectors of 8/,
    ],
    ['outcomes for other models', () => buildIndex({ ...spec, outcomes: [1] }), /outcomes has 1 values, expected 240/],
  ],
  non_finite: [
    ['NaN in a vector', () => router.route(Array(8).fill(Number.NaN)), /NaN or infinity/],
    ['NaN in an embedding', () => buildIndex({ ...spec, embeddings: Array(480).fill(Number.NaN) }), /NaN/],
    ['NaN in the rows of a sealed file', () => openSection('codes', setFloat(Number.NaN)), /codes holds a number/],
    ['a scale out of range', () => openSection('scales', setFloat(-1)), /scales holds a number outside its range/],
  ],
  unknown_model: [
    ['a candidate', () => router.route('a poem', { candidates: ['m9'] }), /the index has no model 'm9'/],
    ['a price', () => router.route('a poem', { prices: { m9: 1 } }), /no model 'm9'/],
    ['a label', () => router.routeTask(['a'], { labels: [{ index: 0, outcomes: { m9: 1 } }] }), /no model 'm9'/],
  ],
  no_candidate: [
    [
      'no candidate',
      () => router.route('a poem', { candidates: [] }),
      /no model is left: of 4 models, 4 are not candidates/,
    ],
    ['no known price', () => router.route('a poem', { maxUsdPerMTok: 1 }), /no model is left/],
  ],
  bad_magic: [
    ['nothing', () => open(new Uint8Array(0)), /not a signalbox index/],
    ['another file', () => open(new Uint8Array([0x89, 0x50, 0x4e, 0x47])), /magic number is missing/],
  ],
  unsupported_version: [
    ['a newer major version', () => openChanged(FIELD.major, 4), /format version 4, this reader knows 1 to 3/],
    ['an unknown code type', () => openChanged(FIELD.codes, 9), /code type 9 is not known/],
  ],
  truncated: [
    ['half a file', () => open(bytes.slice(0, bytes.length / 2)), /got \d+ bytes, the header states \d+/],
    ['half a header', () => open(bytes.slice(0, 30)), /got 30 bytes, expected a header of 64/],
    ['a larger size in the header', () => openChanged(FIELD.fileSize, bytes.length + 1), /the header states/],
  ],
  bad_section: [
    ['no rows', () => openChanged(FIELD.rows, 0), /at least one row/],
    ['more rows than the file has', () => openChanged(FIELD.rows, 61), /has \d+ bytes, expected \d+/],
    ['a missing section', () => open(withoutSection(bytes, 1)), /is missing/],
    ['bytes after the end', () => open(new Uint8Array([...bytes, 0])), /after the end/],
  ],
  size_overflow: [
    ['too many dimensions', () => openChanged(FIELD.dim, 0xffffffff), /exceeds the limits/],
    ['too many sections', () => openChanged(FIELD.sections, 65), /exceeds the limits/],
    ['too many tasks', () => openChanged(FIELD.tasks, 65536), /exceeds the limits/],
    ['too much metadata', () => buildIndex({ ...spec, metadata: 'x'.repeat(1 << 20) }), /exceeds the limits/],
  ],
  bad_checksum: [
    ['a flipped bit', () => open(bytes.with(bytes.length - 1, bytes.at(-1) ^ 1)), /checksum of \w+ does not match/],
    ['a changed header', () => open(bytes.with(FIELD.rows, 59)), /checksum of the header/],
  ],
  bad_metadata: [
    ['metadata that is not JSON', () => openSection('metadata', (s) => s.fill(0x7b)), /not JSON/],
    ['metadata that is not UTF-8', () => openSection('metadata', (s) => s.fill(0xff)), /not UTF-8/],
    ['a model name twice', () => openSection('model_names', (s) => s.fill(0x6d, -8)), /empty name or one that occurs/],
  ],
  embedder_mismatch: [
    ['another width', () => Router.load({ index: bytes, embedder: embedderFiles({ dim: 4 }) }), /4 dim.*with 8/],
    ['no embedder', async () => refusedBy(await open(bytes), (r) => r.route('a poem')), /names no embedder/],
  ],
  bad_embedder: [
    ['a model with other bytes', () => embedderWith({ model: bytes }), /header does not fit/],
    ['an invalid tokenizer', () => embedderWith({ tokenizer: jsonBytes({}) }), /tokenizer.json is not supported/],
    ['a configuration that is not JSON', () => embedderWith({ config: bytes }), /config.json is not JSON/],
  ],
  out_of_memory: [
    [
      'a file of more than 4 GB',
      () => open(new Response(bytes, { headers: { 'content-length': '5000000000' } })),
      /5000000000 bytes could not be allocated/,
    ],
    [
      'a file larger than the free memory',
      () => Router.load({ wasm: confinedWasm(), index: extended(bytes, 8 << 20), embedder: null }),
      /8388608 bytes could not be allocated/,
    ],
  ],
  disposed: [
    ['a disposed router', async () => (await closed()).route(Array(8).fill(1)), /router was disposed/],
    ['a handle that never existed', async () => (await loadCore(undefined, {})).describeIndex(1e6), /was closed/],
  ],
  aborted: [['an aborted load', () => Router.load({ signal: AbortSignal.abort() }), /aborted/]],
  network: [
    ['a path without a file', () => open('/nowhere/index.sbx'), /\/nowhere\/index.sbx could not be read/],
    ['an address without a server', () => open('http://127.0.0.1:1/index.sbx'), /could not be fetched/],
    ['404', () => open(`${server.url}/index.sbx`), /answered 404/],
    ['a page as index', () => open(`${server.url}/page.sbx`), /HTML page, expected a file/],
    ['a page as wasm', () => wasm(`${server.url}/page.wasm`), /page.wasm is an HTML page/],
    ['a response that was already read', async () => open(await readBefore()), /could not be read/],
  ],
  bad_wasm: [
    ['text', () => wasm(new TextEncoder().encode('<!doctype html>')), /begin with 3c 21 64 6f/],
    ['nothing', () => wasm(new Uint8Array(0)), /begin with nothing/],
    ['half a module', () => wasm(confinedWasm().slice(0, 1000)), /could not be compiled/],
    ['a module of something else', () => wasm(EMPTY_MODULE), /could not be started/],
    ['a compiled module of something else', () => wasm(new WebAssembly.Module(EMPTY_MODULE)), /could not be started/],
  ],
  internal: [
    [
      // The arrays fit into 4 MB, but the builder's data does not.
      'a core that runs out of memory during a call',
      () => buildIndex(randomSpec({ rows: 2000, dim: 256, models: 2 }), { wasm: confinedWasm('signalbox-lab.wasm') }),
      /the core stopped, out of memory or by a defect/,
    ],
  ],
  quota_exceeded: [
    ['a model too large for the browser storage', () => loadIntoFullCache(), /the browser's storage has no room for/],
  ],
};

/** Loads a model's file into a Cache API that is full. */
function loadIntoFullCache() {
  const full = async () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  globalThis.caches = { open: async () => ({ match: async () => undefined, put: full, delete: async () => false }) };
  const request = { address: `${server.url}/model.onnx`, name: 'model', file: 'model.onnx' };
  return fetchFile(request, { cache: openFileCache(true) }).finally(() => delete globalThis.caches);
}

/** Returns the result of `use`, and closes the router. */
async function refusedBy(other, use) {
  try {
    return await use(other);
  } finally {
    other.dispose();
  }
}

async function readBefore() {
  const response = new Response(bytes);
  await response.arrayBuffer();
  return response;
}

it("the package's list of codes is the core's", async () => {
  const core = await loadCore(undefined, {});
  assert.deepEqual(core.errorCodes(), [...ERROR_CODES]);
});

it('every code has a misuse in this test', () => {
  assert.deepEqual(Object.keys(MISUSES), [...ERROR_CODES]);
});

it('the index that the tests change is valid', async () => {
  (await open(withField(bytes, FIELD.rows, 60))).dispose();
});

for (const [code, misuses] of Object.entries(MISUSES)) {
  describe(code, () => {
    for (const [what, misuse, message] of misuses) {
      it(`is the error for ${what}`, async () => {
        const before = liveHandles();
        const error = await refused(misuse, code, message);
        assert.equal(error.name, code === 'aborted' ? 'AbortError' : 'SignalboxError');
        assert.equal(liveHandles(), before, 'something was left open');
        const { model } = await router.route('write a poem about the sea');
        assert.match(model, /^m\d$/);
      });
    }
  });
}

it('the cause of a failed request is kept', async () => {
  const error = await refused(open('/nowhere/index.sbx'), 'network');
  assert.equal(error.cause.code, 'ENOENT');
});

it('an unknown code, as from a newer worker, is an internal error', () => {
  const error = errorFrom('out_of_luck', 'no luck');
  assert.ok(error instanceof SignalboxError && error instanceof Error);
  assert.equal(error.code, 'internal');
  assert.equal(error.message, 'no luck');
});
