// The libraries of search-peers.mjs behind one interface, and the process in which one of them runs.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const K = 10;
const QUERIES = 64;
const CLUSTERS = 100;
const SPREAD = 0.5;

export const PACKAGES = [
  'usearch@2.21.4',
  'hnswlib-node@3.0.0',
  'hnswlib-wasm@0.8.2',
  'voy-search@0.6.3',
  '@tensorflow/tfjs-core@4.22.0',
  '@tensorflow/tfjs-backend-wasm@4.22.0',
];

/** Those that are compiled on this machine. */
export const NATIVE = ['hnswlib-node', 'usearch'];

/** Settings of a graph's search, from fast to thorough; the graphs have 16 links a row, built with an effort of 128. */
const EFFORTS = [16, 32, 64, 128, 256, 512];
const LINKS = 16;
const BUILD_EFFORT = 128;

/** Returns vectors [count, dim] of unit norm in clusters; the queries come after the rows. */
function vectorsOf(rows, dim) {
  let state = 1;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3);
  const centres = Float32Array.from({ length: CLUSTERS * dim }, normal);
  const out = new Float32Array((rows + QUERIES) * dim);
  for (let r = 0; r < rows + QUERIES; ++r) {
    const centre = Math.floor(uniform() * CLUSTERS) * dim;
    let squares = 0;
    for (let i = 0; i < dim; ++i) {
      const x = centres[centre + i] + SPREAD * normal();
      out[r * dim + i] = x;
      squares += x * x;
    }
    for (let i = 0; i < dim; ++i) out[r * dim + i] /= Math.sqrt(squares);
  }
  return out;
}

/** Scans in JavaScript: the K largest products, kept in order. */
function scan(vectors, rows, dim, query) {
  const found = [];
  for (let r = 0; r < rows; ++r) {
    let dot = 0;
    for (let i = 0, at = r * dim; i < dim; ++i, ++at) dot += vectors[at] * query[i];
    if (found.length === K && dot <= found[K - 1].dot) continue;
    const place = found.findIndex((other) => dot > other.dot);
    found.splice(place < 0 ? found.length : place, 0, { row: r, dot });
    if (found.length > K) found.pop();
  }
  return found.map(({ row }) => row);
}

/** Loads the wasm module of the benchmark: the search without the rest of a decision. */
async function signalbox(vectors, rows, dim, isFast) {
  const built = fileURLToPath(new URL('../../build/bench-wasm/tests/bench', import.meta.url));
  const wasm = await WebAssembly.compile(await readFile(path.join(built, 'signalbox_bench.wasm')));
  const { default: create } = await import(pathToFileURL(path.join(built, 'signalbox_bench.mjs')).href);
  const module = await create({
    instantiateWasm(imports, receive) {
      WebAssembly.instantiate(wasm, imports).then(receive);
      return {};
    },
  });
  const at = module._bench_reserve(rows, dim);
  new Float32Array(module.HEAPU8.buffer, at, vectors.length).set(vectors);
  const INT8 = 2;
  module._bench_quantise(rows, dim, INT8);
  module._bench_make_fast(isFast ? 1 : 0);
  return {
    search(_, q) {
      module._bench_search(q, 1);
      return [...new Uint32Array(module.HEAPU8.buffer, module._bench_neighbours(), K)];
    },
  };
}

/** Makes each library's index from vectors; `from` imports from the folder where they are installed. */
const LIBRARIES = {
  'plain JavaScript, float32': (vectors, rows, dim) => ({ search: (query) => scan(vectors, rows, dim, query) }),
  'signalbox, exact': (vectors, rows, dim) => signalbox(vectors, rows, dim, false),
  'signalbox, fast': (vectors, rows, dim) => signalbox(vectors, rows, dim, true),
  'usearch, native, exact': async (vectors, rows, dim, from) => {
    const { exactSearch, MetricKind } = from('usearch');
    const dataset = vectors.subarray(0, rows * dim);
    return { search: (query) => Array.from(exactSearch(dataset, query, dim, K, MetricKind.Cos, 1).keys, Number) };
  },
  'usearch, native, HNSW int8': async (vectors, rows, dim, from) => {
    const { Index, MetricKind, ScalarKind } = from('usearch');
    const make = (effort) =>
      new Index({
        metric: MetricKind.Cos,
        quantization: ScalarKind.I8,
        dimensions: dim,
        connectivity: LINKS,
        expansion_add: BUILD_EFFORT,
        expansion_search: effort,
        multi: false,
      });
    const keys = BigUint64Array.from({ length: rows }, (_, r) => BigInt(r));
    const file = path.join(from.path('..'), 'usearch.index');
    let index = make(EFFORTS[0]);
    index.add(keys, vectors.subarray(0, rows * dim), 1);
    index.save(file);
    return {
      efforts: EFFORTS,
      setEffort(effort) {
        index = make(effort);
        index.load(file);
      },
      search: (query) => Array.from(index.search(query, K, 1).keys, Number),
    };
  },
  'hnswlib-node, native': async (vectors, rows, dim, from) => {
    const { HierarchicalNSW } = from('hnswlib-node');
    const index = new HierarchicalNSW('cosine', dim);
    index.initIndex(rows, LINKS, BUILD_EFFORT, 100);
    for (let r = 0; r < rows; ++r) index.addPoint([...vectors.subarray(r * dim, (r + 1) * dim)], r);
    return {
      efforts: EFFORTS,
      setEffort: (effort) => index.setEf(effort),
      search: (query) => index.searchKnn([...query], K).neighbors,
    };
  },
  'hnswlib-node, native, exact': async (vectors, rows, dim, from) => {
    const { BruteforceSearch } = from('hnswlib-node');
    const index = new BruteforceSearch('cosine', dim);
    index.initIndex(rows);
    for (let r = 0; r < rows; ++r) index.addPoint([...vectors.subarray(r * dim, (r + 1) * dim)], r);
    return { search: (query) => index.searchKnn([...query], K).neighbors };
  },
  'hnswlib-wasm': async (vectors, rows, dim, from) => {
    const { loadHnswlib } = await from.module('hnswlib-wasm/dist/hnswlib.js');
    const { HierarchicalNSW } = await loadHnswlib();
    const index = new HierarchicalNSW('cosine', dim, '');
    index.initIndex(rows, LINKS, BUILD_EFFORT, 100);
    for (let r = 0; r < rows; ++r) index.addPoint(vectors.subarray(r * dim, (r + 1) * dim), r, false);
    return {
      efforts: EFFORTS,
      setEffort: (effort) => index.setEfSearch(effort),
      search: (query) => index.searchKnn(query, K, undefined).neighbors,
    };
  },
  'voy-search, wasm': async (vectors, rows, dim, from) => {
    const { Voy } = await from.module('voy-search/voy_search.js');
    const embeddings = Array.from({ length: rows }, (_, r) => ({
      id: String(r),
      title: '',
      url: '',
      embeddings: [...vectors.subarray(r * dim, (r + 1) * dim)],
    }));
    const index = new Voy({ embeddings });
    return { search: (query) => index.search(query, K).neighbors.map(({ id }) => Number(id)) };
  },
  'tfjs, wasm, float32, exact': async (vectors, rows, dim, from) => {
    const tf = from('@tensorflow/tfjs-core');
    const wasm = from('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(`${path.dirname(from.path('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'))}/`);
    await tf.setBackend('wasm');
    const matrix = tf.tensor2d(vectors.subarray(0, rows * dim), [rows, dim]);
    return {
      search: (query) =>
        tf.tidy(() => {
          const products = tf.reshape(tf.matMul(matrix, tf.tensor2d(query, [dim, 1])), [rows]);
          return [...tf.topk(products, K).indices.dataSync()];
        }),
    };
  },
};
export const NAMES = Object.keys(LIBRARIES);

/** Answers the questions of search-peers.mjs about one library. */
async function serve(name, folder) {
  const require = createRequire(path.join(folder, 'package.json'));
  const from = (id) => require(id);
  from.path = (file) => path.join(folder, 'node_modules', file);
  from.module = (file) => import(pathToFileURL(from.path(file)).href);
  let queries = [];
  let index;
  const all = () => queries.map((query, q) => index.search(query, q));
  const answers = {
    async build({ rows, dim }) {
      const vectors = vectorsOf(rows, dim);
      queries = Array.from({ length: QUERIES }, (_, q) => vectors.slice((rows + q) * dim, (rows + q + 1) * dim));
      globalThis.gc?.();
      const before = process.memoryUsage().rss;
      const start = performance.now();
      index = await LIBRARIES[name](vectors, rows, dim, from);
      const buildMs = performance.now() - start;
      globalThis.gc?.();
      return { buildMs, megabytes: (process.memoryUsage().rss - before) / 1e6, efforts: index.efforts ?? [null] };
    },
    find({ effort }) {
      if (effort != null) index.setEffort(effort);
      return { found: all() };
    },
    time() {
      const start = performance.now();
      all();
      return { ms: (performance.now() - start) / QUERIES };
    },
  };
  process.on('message', async (question) => {
    try {
      process.send(await answers[question.verb](question));
    } catch (error) {
      process.send({ error: String(error?.message ?? error) });
    }
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve(process.argv[2], process.argv[3]);
