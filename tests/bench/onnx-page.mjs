// The page of the embedders' benchmark, as source: both sides behind one surface, each with its model in a worker.
import { OnnxEmbedder } from '../../dist/onnx.js';
import { MODEL, SPECIAL_TOKENS } from './onnx-names.mjs';

/** Both libraries call the quantised file so. */
const dtypeOf = (dtype) => (dtype === 'int8' ? 'q8' : dtype);

async function loadSignalbox({ dtype, threads }) {
  const embedder = await OnnxEmbedder.load(MODEL, {
    host: location.origin,
    manifest: null,
    dtype: dtypeOf(dtype),
    threads,
  });
  return {
    embed: async (texts) => (await embedder.embed(texts)).map(({ vector }) => vector),
    async countTokens(text) {
      const [{ tokens, truncated }] = await embedder.embed([text]);
      return truncated ? Number.NaN : tokens + SPECIAL_TOKENS;
    },
  };
}

/** Questions to the other side's worker, one after the other. */
function askerOf(worker) {
  return (question) =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data: { value, error } }) => (error === undefined ? resolve(value) : reject(error));
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(question);
    });
}

async function loadTransformers({ dtype, threads }) {
  const ask = askerOf(new Worker(new URL('./transformers/worker.js', import.meta.url), { type: 'module' }));
  await ask({ call: 'load', dtype: dtypeOf(dtype), threads });
  return {
    embed: (texts) => ask({ call: 'embed', texts }),
    countTokens: (text) => ask({ call: 'count', text }),
  };
}

const LOAD = { signalbox: loadSignalbox, transformers: loadTransformers };
const sides = {};
const last = {};

async function timed(action) {
  const start = performance.now();
  const value = await action();
  return { ms: performance.now() - start, value };
}

/** Largest distances of two lists of unit vectors. */
function distances(ours, theirs) {
  let cosine = 0;
  let largest = 0;
  for (const [n, vector] of ours.entries()) {
    const other = theirs[n];
    let [dot, own, others] = [0, 0, 0];
    for (let i = 0; i < vector.length; ++i) {
      dot += vector[i] * other[i];
      own += vector[i] ** 2;
      others += other[i] ** 2;
      largest = Math.max(largest, Math.abs(vector[i] - other[i]));
    }
    cosine = Math.max(cosine, 1 - dot / Math.sqrt(own * others));
  }
  return { cosine, largest };
}

globalThis.bench = {
  async load(side, options) {
    if (!globalThis.crossOriginIsolated) throw new Error('the page cannot share memory: threads would be missing');
    const { ms, value } = await timed(() => LOAD[side](options));
    sides[side] = value;
    return ms;
  },
  async embed(side, texts) {
    const { ms, value } = await timed(() => sides[side].embed(texts));
    last[side] = value;
    return ms;
  },
  countTokens: (side, text) => sides[side].countTokens(text),
  /** Of the last vectors of both sides. */
  compare: () => distances(last.signalbox, last.transformers),
};
