// The source of the embedders' benchmark page: both sides behind one interface, each with its model in a worker.
import { OnnxEmbedder } from '../../dist/onnx.js';
import { MODEL, SPECIAL_TOKENS } from './onnx-names.mjs';

/** Returns the name of the quantised file in both libraries. */
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

/** Returns a function that asks the other side's worker one question after the other. */
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

/** Returns the cosine distance. */
function distanceOf(a, b) {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; ++i) {
    dot += a[i] * b[i];
    aa += a[i] ** 2;
    bb += b[i] ** 2;
  }
  return 1 - dot / Math.sqrt(aa * bb);
}

const largestStep = (a, b) => a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0);

/**
 * Returns the largest distance between two lists of unit vectors and, for scale, the least distance between different
 * texts.
 */
function distances(ours, theirs) {
  const texts = ours.flatMap((vector, n) => ours.slice(0, n).map((other) => distanceOf(vector, other)));
  return {
    cosine: Math.max(...ours.map((vector, n) => distanceOf(vector, theirs[n]))),
    largest: Math.max(...ours.map((vector, n) => largestStep(vector, theirs[n]))),
    apart: texts.length === 0 ? null : Math.min(...texts),
  };
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
  /** Compares the last vectors of both sides. */
  compare: () => distances(last.signalbox, last.transformers),
};
