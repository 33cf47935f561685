// Builds an ONNX model node by node and writes it as protobuf in chunks, without copying the weights.
import onnxProto from 'onnx-proto';

const { AttributeProto, GraphProto, ModelProto, TensorProto } = onnxProto.onnx;
const { AttributeType } = AttributeProto;

/**
 * Types of tensors: ONNX's number of the type, and the array that holds its values. ONNX's raw data is little-endian.
 */
const TYPES = {
  float32: { number: 1, Array: Float32Array },
  uint8: { number: 2, Array: Uint8Array },
  int8: { number: 3, Array: Int8Array },
  int32: { number: 6, Array: Int32Array },
  int64: { number: 7, Array: BigInt64Array },
  bool: { number: 9, Array: Uint8Array },
  float16: { number: 10, Array: Uint16Array },
};

/** First bytes of the length-delimited fields that are written by hand: field number * 8 + 2. */
const [MODEL_GRAPH, GRAPH_INITIALIZER, TENSOR_RAW_DATA] = [7, 5, 9].map((field) => field * 8 + 2);

const DOMAINS = [
  { domain: '', version: 17 },
  { domain: 'com.microsoft', version: 1 },
];

export const typeNumber = (type) => TYPES[type].number;

function attributeOf(name, value) {
  if (Array.isArray(value)) return { name, type: AttributeType.INTS, ints: value };
  if (Number.isInteger(value)) return { name, type: AttributeType.INT, i: value };
  return { name, type: AttributeType.FLOAT, f: value };
}

/** Returns the bytes that open a field of `length` bytes. */
function fieldHead(tag, length) {
  const bytes = [tag];
  let rest = length;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

const lengthOf = (chunks) => chunks.reduce((total, chunk) => total + chunk.length, 0);

const field = (tag, chunks) => [fieldHead(tag, lengthOf(chunks)), ...chunks];

/** protobufjs would copy the raw data at each level of nesting, so it writes only the small parts. */
function tensorChunks({ name, dims, type, data }) {
  const head = TensorProto.encode({ name, dims, dataType: typeNumber(type) }).finish();
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [head, ...field(TENSOR_RAW_DATA, [raw])];
}

function valueInfo(name, type, dims) {
  const dim = dims.map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size }));
  return { name, type: { tensorType: { elemType: typeNumber(type), shape: { dim } } } };
}

export class Graph {
  #name;
  #nodes = [];
  #inputs = [];
  #outputs = [];
  #initializers = new Map();

  constructor(name) {
    this.#name = name;
  }

  /** Adds an input. Dimensions are numbers, or names if they may differ between runs. */
  input(name, type, dims) {
    this.#inputs.push(valueInfo(name, type, dims));
    return name;
  }

  output(name, type, dims) {
    this.#outputs.push(valueInfo(name, type, dims));
  }

  /**
   * Adds a tensor of the file and returns its name; `data` is kept, not copied. A known name keeps its first tensor.
   */
  initializer(name, type, dims, data) {
    if (!(data instanceof TYPES[type].Array)) throw new Error(`${name}: the array does not hold ${type}`);
    const size = dims.reduce((product, dim) => product * dim, 1);
    if (size !== data.length) throw new Error(`${name}: ${data.length} values for [${dims}]`);
    if (!this.#initializers.has(name)) this.#initializers.set(name, { name, type, dims, data });
    return name;
  }

  has(name) {
    return this.#initializers.has(name);
  }

  /** Adds a scalar. float16 constants are passed as their bits. */
  scalar(type, value) {
    return this.initializer(`scalar_${type}_${value}`, type, [], TYPES[type].Array.of(value));
  }

  /** Adds a list of int64, the type of axes and shapes. */
  list(...values) {
    const data = BigInt64Array.from(values, BigInt);
    return this.initializer(`list_${values.join('_')}`, 'int64', [values.length], data);
  }

  /** Adds a node and returns the names of its outputs. */
  nodes(opType, inputs, attributes = {}, { outputs = 1, domain = '' } = {}) {
    const name = `${opType}_${this.#nodes.length}`;
    const output = Array.isArray(outputs) ? outputs : Array.from({ length: outputs }, (_, i) => `${name}_${i}`);
    const attribute = Object.entries(attributes).map(([key, value]) => attributeOf(key, value));
    this.#nodes.push({ name, opType, domain, input: inputs, output, attribute });
    return output;
  }

  /** Adds a node and returns the name of its only output. */
  node(opType, inputs, attributes, options) {
    return this.nodes(opType, inputs, attributes, options)[0];
  }

  /** Returns the model's bytes in order; the large chunks are views of the initializers' data. */
  chunks() {
    const head = ModelProto.encode({ irVersion: 8, producerName: 'signalbox tests', opsetImport: DOMAINS }).finish();
    const small = { name: this.#name, node: this.#nodes, input: this.#inputs, output: this.#outputs };
    const tensors = [...this.#initializers.values()];
    const graph = [
      GraphProto.encode(small).finish(),
      ...tensors.flatMap((tensor) => field(GRAPH_INITIALIZER, tensorChunks(tensor))),
    ];
    return [head, ...field(MODEL_GRAPH, graph)];
  }
}

export function concatenate(chunks) {
  const bytes = new Uint8Array(lengthOf(chunks));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
