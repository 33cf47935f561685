// Draws random weights of an MPNet by name: deterministic, and large enough that every part of the network matters.

export const BUCKETS = 32;

const WORDS = 'embeddings.word_embeddings.weight';
const POSITIONS = 'embeddings.position_embeddings.weight';
const TYPES = 'embeddings.token_type_embeddings.weight';
const RELATIVE = 'encoder.relative_attention_bias.weight';

/** Returns the generator mulberry32, as numbers in [0, 1). */
function uniformFrom(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Returns the FNV-1a hash of a name, so that a tensor's values depend on its name and not on earlier draws. */
function hashOf(text) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}

const dense = (name, inputs, outputs) => [
  [`${name}.weight`, [inputs, outputs]],
  [`${name}.bias`, [outputs]],
];

const norm = (name, size) => [
  [`${name}.LayerNorm.weight`, [size]],
  [`${name}.LayerNorm.bias`, [size]],
];

function layerDims(layer, { hidden, intermediate }) {
  const name = `encoder.layer.${layer}`;
  return [
    ...['q', 'k', 'v', 'o'].flatMap((part) => dense(`${name}.attention.attn.${part}`, hidden, hidden)),
    ...norm(`${name}.attention`, hidden),
    ...dense(`${name}.intermediate.dense`, hidden, intermediate),
    ...dense(`${name}.output.dense`, intermediate, hidden),
    ...norm(`${name}.output`, hidden),
  ];
}

/**
 * Returns the dimensions of every tensor. Names are those of transformers; matrices are [inputs, outputs], as for
 * ONNX's MatMul, whereas transformers has [outputs, inputs].
 */
export function dimsOf(config) {
  const { layers, hidden, heads, vocab, positions, tokenTypes } = config;
  const all = [
    [WORDS, [vocab, hidden]],
    [POSITIONS, [positions, hidden]],
    ...(tokenTypes > 0 ? [[TYPES, [tokenTypes, hidden]]] : []),
    ...norm('embeddings', hidden),
    [RELATIVE, [BUCKETS, heads]],
    ...Array.from({ length: layers }, (_, layer) => layerDims(layer, config)).flat(),
  ];
  return Object.fromEntries(all);
}

/** Returns the mean and standard deviation of a tensor's values. */
function spreadOf(name, dims) {
  if (name.endsWith('LayerNorm.weight')) return [1, 0.1];
  if (name.endsWith('.bias')) return [0, 0.1];
  if (name === RELATIVE) return [0, 1];
  if (name === WORDS) return [0, 0.5];
  if (name.startsWith('embeddings.')) return [0, 0.2];
  return [0, 1 / Math.sqrt(dims[0])];
}

function draw(name, dims, seed) {
  const uniform = uniformFrom(hashOf(`${seed}:${name}`));
  const [mean, deviation] = spreadOf(name, dims);
  const values = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
  // The sum of two uniform numbers has variance 1/6.
  const factor = deviation * Math.sqrt(6);
  for (let i = 0; i < values.length; i++) values[i] = mean + factor * (uniform() + uniform() - 1);
  return values;
}

/** Returns { name: Float32Array }. With `tokenTypes`, the network has BERT's third embedding. */
export function drawWeights({ positions = 514, tokenTypes = 0, seed = 1, ...config }) {
  const dims = dimsOf({ ...config, positions, tokenTypes });
  return Object.fromEntries(Object.entries(dims).map(([name, size]) => [name, draw(name, size, seed)]));
}

/** Returns the configuration of drawn weights. The padding id is 1 as for MPNet, or 0 as for BERT with token types. */
export function configOf(weights) {
  const hidden = weights['embeddings.LayerNorm.bias'].length;
  const tokenTypes = (weights[TYPES]?.length ?? 0) / hidden;
  let layers = 0;
  while (`encoder.layer.${layers}.output.dense.bias` in weights) layers++;
  return {
    layers,
    hidden,
    heads: weights[RELATIVE].length / BUCKETS,
    intermediate: weights['encoder.layer.0.intermediate.dense.bias'].length,
    vocab: weights[WORDS].length / hidden,
    positions: weights[POSITIONS].length / hidden,
    tokenTypes,
    padId: tokenTypes > 0 ? 0 : 1,
  };
}
