/**
 * Separates an ONNX model's weights from its graph without copying them, so that ONNX Runtime reads each weight
 * directly from the downloaded bytes. Given the whole file, it would copy it, parse the copy, and copy the weights
 * again.
 */

import { errorFrom, SignalboxError } from '../errors.js';
import { BinaryReader, BinaryWriter, WireType } from '../vendor/protobuf.js';

/**
 * Field numbers of ModelProto, GraphProto, TensorProto and StringStringEntryProto (onnx.proto, IR version 3 and later).
 */
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR_RAW_DATA = 9;
const TENSOR_EXTERNAL_DATA = 13;
const TENSOR_DATA_LOCATION = 14;
const ENTRY_KEY = 1;
const ENTRY_VALUE = 2;

/** `TensorProto.DataLocation.EXTERNAL` */
const EXTERNAL = 1;

/** Smaller tensors (shapes, scalars) stay in the graph: the runtime needs their values to optimise it. */
const LEAST_BYTES = 1024;

export interface SplitModel {
  /** The graph, with references to the weights. */
  graph: Uint8Array;
  /** Name by which the references refer to the bytes. */
  weightsName: string;
}

const WEIGHTS_NAME = 'weights';

/** A field: all bytes with the tag, and the content if the field is length-delimited. */
interface Field {
  number: number;
  whole: Uint8Array;
  content: Uint8Array | undefined;
  value: number | undefined;
}

function* fieldsOf(message: Uint8Array): Generator<Field> {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, type] = reader.tag();
    let content: Uint8Array | undefined;
    let value: number | undefined;
    if (type === WireType.LengthDelimited) content = reader.bytes();
    else if (type === WireType.Varint) value = Number(reader.uint64());
    else reader.skip(type, number);
    yield { number, whole: message.subarray(start, reader.pos), content, value };
  }
}

function writeEntry(writer: BinaryWriter, key: string, value: string): void {
  writer.tag(TENSOR_EXTERNAL_DATA, WireType.LengthDelimited).fork();
  writer.tag(ENTRY_KEY, WireType.LengthDelimited).string(key);
  writer.tag(ENTRY_VALUE, WireType.LengthDelimited).string(value);
  writer.join();
}

/** Returns the tensor with a reference instead of its data; `undefined` if the tensor stays unchanged. */
function splitTensor(tensor: Uint8Array, file: Uint8Array): Uint8Array | undefined {
  const writer = new BinaryWriter();
  let data: Uint8Array | undefined;
  for (const { number, whole, content, value } of fieldsOf(tensor)) {
    if (number === TENSOR_DATA_LOCATION && value === EXTERNAL) {
      throw errorFrom('bad_embedder', 'the model keeps its weights in a separate file, expected one file');
    }
    if (number === TENSOR_RAW_DATA) data = content;
    else writer.raw(whole);
  }
  if (data === undefined || data.byteLength < LEAST_BYTES) return undefined;
  writeEntry(writer, 'location', WEIGHTS_NAME);
  writeEntry(writer, 'offset', String(data.byteOffset - file.byteOffset));
  writeEntry(writer, 'length', String(data.byteLength));
  writer.tag(TENSOR_DATA_LOCATION, WireType.Varint).uint32(EXTERNAL);
  return writer.finish();
}

function splitGraph(graph: Uint8Array, file: Uint8Array): Uint8Array {
  const writer = new BinaryWriter();
  for (const { number, whole, content } of fieldsOf(graph)) {
    const tensor = number === GRAPH_INITIALIZER && content !== undefined ? splitTensor(content, file) : undefined;
    if (tensor === undefined) writer.raw(whole);
    else writer.tag(GRAPH_INITIALIZER, WireType.LengthDelimited).bytes(tensor);
  }
  return writer.finish();
}

/** Splits a model. Errors: `bad_embedder` if the bytes are not a protobuf message, or have no graph. */
export function splitWeights(file: Uint8Array): SplitModel {
  const writer = new BinaryWriter();
  let hasGraph = false;
  try {
    for (const { number, whole, content } of fieldsOf(file)) {
      if (number !== MODEL_GRAPH || content === undefined) {
        writer.raw(whole);
        continue;
      }
      hasGraph = true;
      writer.tag(MODEL_GRAPH, WireType.LengthDelimited).bytes(splitGraph(content, file));
    }
  } catch (cause) {
    if (cause instanceof SignalboxError) throw cause;
    throw new SignalboxError('bad_embedder', `the model is not an ONNX file: ${String(cause)}`, { cause });
  }
  if (!hasGraph) throw errorFrom('bad_embedder', 'the model is not an ONNX file: it has no graph');
  return { graph: writer.finish(), weightsName: WEIGHTS_NAME };
}
