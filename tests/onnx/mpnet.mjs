// Writes an MPNet as an ONNX model in several precisions, with the operators of a real export.
import { concatenate, Graph, typeNumber } from './graph.mjs';
import { BLOCK, float16Bits, quantiseInt4, quantiseInt8, toFloat16 } from './quantise.mjs';
import { BUCKETS, configOf, dimsOf } from './weights.mjs';

export { drawWeights } from './weights.mjs';

const EPSILON = 1e-5;
const MAX_DISTANCE = 128;
const LOWEST = { float32: -3.4028234663852886e38, float16: -65504 };

/** A graph under construction, with nodes for the parts that depend on the precision. */
class Network {
  #weights;
  #dims;
  #precision;
  #quantised = new Map();

  constructor(weights, precision) {
    this.graph = new Graph('mpnet');
    this.config = configOf(weights);
    this.float = precision === 'fp16' ? 'float16' : 'float32';
    this.#weights = weights;
    this.#dims = dimsOf(this.config);
    this.#precision = precision;
  }

  constant(value) {
    return this.graph.scalar(this.float, this.float === 'float16' ? float16Bits(value) : value);
  }

  cast(input, type = this.float) {
    return this.graph.node('Cast', [input], { to: typeNumber(type) });
  }

  parameter(name) {
    if (this.graph.has(name)) return name;
    const values = this.#weights[name];
    const data = this.float === 'float16' ? toFloat16(values) : values;
    return this.graph.initializer(name, this.float, this.#dims[name], data);
  }

  /** Returns the names of the int8 tensor, its scale and its zero point. */
  #int8(name) {
    const { graph } = this;
    const { values, scale } = quantiseInt8(this.#weights[name]);
    return [
      graph.initializer(`${name}_quantized`, 'int8', this.#dims[name], values),
      graph.initializer(`${name}_scale`, 'float32', [], Float32Array.of(scale)),
      graph.initializer(`${name}_zero_point`, 'int8', [], Int8Array.of(0)),
    ];
  }

  /** Looks up rows of a table. */
  lookup(name, ids) {
    const { graph } = this;
    if (this.#precision !== 'int8') return graph.node('Gather', [this.parameter(name), ids]);
    const [table, scale, zero] = this.#int8(name);
    return graph.node('DequantizeLinear', [graph.node('Gather', [table, ids]), scale, zero]);
  }

  linear(name, input) {
    return this.graph.node('Add', [this.#product(`${name}.weight`, input), this.parameter(`${name}.bias`)]);
  }

  #product(name, input) {
    if (this.#precision === 'int8') return this.#int8Product(name, input);
    if (this.#precision === 'q4') return this.#int4Product(name, input);
    return this.graph.node('MatMul', [input, this.parameter(name)]);
  }

  /** Quantises an input once for all matrices that it is multiplied by. */
  #quantise(input) {
    if (!this.#quantised.has(input)) {
      this.#quantised.set(input, this.graph.nodes('DynamicQuantizeLinear', [input], {}, { outputs: 3 }));
    }
    return this.#quantised.get(input);
  }

  #int8Product(name, input) {
    const { graph } = this;
    const [values, scale, zero] = this.#quantise(input);
    const [matrix, matrixScale, matrixZero] = this.#int8(name);
    const product = graph.node('MatMulInteger', [values, matrix, zero, matrixZero]);
    return graph.node('Mul', [this.cast(product), graph.node('Mul', [scale, matrixScale])]);
  }

  #int4Product(name, input) {
    const { graph } = this;
    const [K, N] = this.#dims[name];
    const { values, scales } = quantiseInt4(this.#weights[name], K, N);
    const blocks = K / BLOCK;
    const matrix = graph.initializer(`${name}_Q4`, 'uint8', [N, blocks, BLOCK / 2], values);
    const scale = graph.initializer(`${name}_scales`, 'float32', [N * blocks], scales);
    const attributes = { K, N, bits: 4, block_size: BLOCK };
    return graph.node('MatMulNBits', [input, matrix, scale], attributes, { domain: 'com.microsoft' });
  }

  norm(name, input) {
    const inputs = [input, this.parameter(`${name}.LayerNorm.weight`), this.parameter(`${name}.LayerNorm.bias`)];
    return this.graph.node('LayerNormalization', inputs, { axis: -1, epsilon: EPSILON });
  }
}

/** Returns position ids: `padId` for padding, and consecutive ids after it for the tokens. */
function positionIds({ graph, config }, ids) {
  const padId = graph.scalar('int64', BigInt(config.padId));
  const isToken = graph.node('Not', [graph.node('Equal', [ids, padId])]);
  const mask = graph.node('Cast', [isToken], { to: typeNumber('int64') });
  const counted = graph.node('CumSum', [mask, graph.scalar('int64', 1n)]);
  return graph.node('Add', [graph.node('Mul', [counted, mask]), padId]);
}

function embeddings(net, ids, typeIds) {
  const { graph } = net;
  const words = net.lookup('embeddings.word_embeddings.weight', ids);
  const positions = net.lookup('embeddings.position_embeddings.weight', positionIds(net, ids));
  let sum = graph.node('Add', [words, positions]);
  if (typeIds) sum = graph.node('Add', [sum, net.lookup('embeddings.token_type_embeddings.weight', typeIds)]);
  return net.norm('embeddings', sum);
}

/** Returns [sequence, sequence]: the distance from each token (row) to each token (column). */
function distances({ graph }, ids) {
  const length = graph.node('Gather', [graph.node('Shape', [ids]), graph.scalar('int64', 1n)]);
  const range = graph.node('Range', [graph.scalar('int64', 0n), length, graph.scalar('int64', 1n)]);
  const context = graph.node('Unsqueeze', [range, graph.list(1)]);
  const memory = graph.node('Unsqueeze', [range, graph.list(0)]);
  return graph.node('Sub', [memory, context]);
}

/**
 * Follows transformers' relative_position_bucket. The logarithm is float32 in every precision, because it picks a row.
 */
function buckets(net, ids) {
  const { graph } = net;
  const int = (value) => graph.scalar('int64', BigInt(value));
  const float = (value) => graph.scalar('float32', value);
  const half = BUCKETS / 2;
  const exact = half / 2;
  const n = graph.node('Neg', [distances(net, ids)]);
  const after = net.cast(graph.node('Less', [n, int(0)]), 'int64');
  const size = graph.node('Abs', [n]);
  const log = graph.node('Log', [graph.node('Div', [net.cast(size, 'float32'), float(exact)])]);
  const share = graph.node('Div', [log, float(Math.log(MAX_DISTANCE / exact))]);
  const steps = net.cast(graph.node('Mul', [share, float(half - exact)]), 'int64');
  const large = graph.node('Min', [graph.node('Add', [steps, int(exact)]), int(half - 1)]);
  const bucket = graph.node('Where', [graph.node('Less', [size, int(exact)]), size, large]);
  return graph.node('Add', [graph.node('Mul', [after, int(half)]), bucket]);
}

/** Returns the relative biases [1, heads, sequence, sequence]. */
function relativeBias(net, ids) {
  const { graph } = net;
  const values = net.lookup('encoder.relative_attention_bias.weight', buckets(net, ids));
  return graph.node('Unsqueeze', [graph.node('Transpose', [values], { perm: [2, 0, 1] }), graph.list(0)]);
}

/** Returns [batch, 1, 1, sequence]: 0 for visible tokens and the lowest number for all others. */
function maskBias(net, mask) {
  const { graph } = net;
  const wide = graph.node('Unsqueeze', [mask, graph.list(1, 2)]);
  const hidden = graph.node('Sub', [net.constant(1), net.cast(wide)]);
  return graph.node('Mul', [hidden, net.constant(LOWEST[net.float])]);
}

function attention(net, name, input, biases) {
  const { graph, config } = net;
  const headSize = config.hidden / config.heads;
  const split = (part, perm) => {
    const shape = graph.list(0, 0, config.heads, headSize);
    const rows = graph.node('Reshape', [net.linear(`${name}.attn.${part}`, input), shape]);
    return graph.node('Transpose', [rows], { perm });
  };
  const [q, k, v] = [split('q', [0, 2, 1, 3]), split('k', [0, 2, 3, 1]), split('v', [0, 2, 1, 3])];
  let scores = graph.node('Div', [graph.node('MatMul', [q, k]), net.constant(Math.sqrt(headSize))]);
  for (const bias of biases) scores = graph.node('Add', [scores, bias]);
  const context = graph.node('MatMul', [graph.node('Softmax', [scores], { axis: -1 }), v]);
  const joined = graph.node('Transpose', [context], { perm: [0, 2, 1, 3] });
  const output = net.linear(`${name}.attn.o`, graph.node('Reshape', [joined, graph.list(0, 0, config.hidden)]));
  return net.norm(name, graph.node('Add', [output, input]));
}

function gelu(net, input) {
  const { graph } = net;
  const erf = graph.node('Erf', [graph.node('Div', [input, net.constant(Math.SQRT2)])]);
  const product = graph.node('Mul', [input, graph.node('Add', [erf, net.constant(1)])]);
  return graph.node('Mul', [product, net.constant(0.5)]);
}

function layer(net, index, input, biases) {
  const name = `encoder.layer.${index}`;
  const attended = attention(net, `${name}.attention`, input, biases);
  const inner = gelu(net, net.linear(`${name}.intermediate.dense`, attended));
  const output = net.linear(`${name}.output.dense`, inner);
  return net.norm(`${name}.output`, net.graph.node('Add', [output, attended]));
}

/** Returns the model's bytes in order. See mpnetModel. */
export function mpnetChunks(weights, { precision = 'fp32', output = 'float32' } = {}) {
  const net = new Network(weights, precision);
  const { graph, config } = net;
  const dims = ['batch_size', 'sequence_length'];
  const ids = graph.input('input_ids', 'int64', dims);
  const mask = graph.input('attention_mask', 'int64', dims);
  const typeIds = config.tokenTypes > 0 ? graph.input('token_type_ids', 'int64', dims) : undefined;
  const biases = [relativeBias(net, ids), maskBias(net, mask)];
  let hidden = embeddings(net, ids, typeIds);
  for (let i = 0; i < config.layers; i++) hidden = layer(net, i, hidden, biases);
  graph.node('Cast', [hidden], { to: typeNumber(output) }, { outputs: ['last_hidden_state'] });
  graph.output('last_hidden_state', output, [...dims, config.hidden]);
  return graph.chunks();
}

/**
 * Returns the bytes of an ONNX model of the weights. `precision` is 'fp32', 'int8' (as by onnxruntime's
 * quantize_dynamic), 'fp16' or 'q4' (MatMulNBits); `output` is the type of last_hidden_state, 'float32' or 'float16'.
 */
export const mpnetModel = (weights, options) => concatenate(mpnetChunks(weights, options));
