/** Options for loading an ONNX model: plain data, which can be sent to a worker. */
import type { OnProgress } from '../types.js';
import type { WorkerLike } from '../workers/channel.js';

/** Types of weights, with transformers.js's names. */
export const DTYPES = ['fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4'] as const;
/** One of `DTYPES`. */
export type Dtype = (typeof DTYPES)[number];

/** Ways to combine the vectors of a text's tokens. */
export const POOLINGS = ['mean', 'cls', 'max'] as const;
/** One of `POOLINGS`. */
export type Pooling = (typeof POOLINGS)[number];

/** Devices that ONNX Runtime can compute on. */
export const DEVICES = ['wasm', 'webgpu'] as const;
/** One of `DEVICES`. */
export type Device = (typeof DEVICES)[number];

/**
 * Expected hashes of a model's files. A file that is not listed counts as absent. `address` is where a file lies, if that
 * is not its place in the folder, as after a bundler has renamed it.
 */
export interface Manifest {
  files: Readonly<Record<string, { sha256: string; sizeBytes?: number; address?: string | undefined }>>;
}

/** Location, expected hashes and cache of a model's files. */
export interface ModelFileOptions {
  /**
   * Weights to load: `onnx/model.onnx`, or with the suffix that transformers.js uses. Default `q8`:
   * `onnx/model_quantized.onnx`, a small and fast file. Of all-mpnet-base-v2 it is not near float32 (cosine .91), which
   * changes one pick in six or seven where models lie close together (docs/onnx.md).
   */
  dtype?: Dtype | undefined;
  /** The model's file in the folder, instead of the one that `dtype` names. */
  file?: string | undefined;
  /** For a hub's model: a branch, tag or commit. Default `main`. */
  revision?: string | undefined;
  /** Address of the hub. Default `https://huggingface.co`. */
  host?: string | undefined;
  /**
   * SHA-256 of each file, checked before it is used. Default: the hashes that the package knows (of its default model
   * and of all-MiniLM-L6-v2), else the hub's own. `null` disables checking (for self-hosted files).
   */
  manifest?: Manifest | null | undefined;
  /**
   * Whether to keep downloads. Default `true`: in the browser's Cache API, or in Node.js below `~/.cache/signalbox`. In
   * Node.js also a folder.
   */
  cache?: boolean | string | undefined;
}

/** Settings that affect the vectors, if the folder does not give them. */
export interface ModelReadingOptions {
  /** Default: as in the folder's modules. Required for a folder without them. */
  pooling?: Pooling | undefined;
  /** Maximum tokens of a text, special ones included. Default: as in the folder. */
  maxTokens?: number | undefined;
  /**
   * Id of the vectors, for example in an index. Default: the hub's id, or the folder's name. The models of
   * sentence-transformers that are known have the id of Xenova's repository, which has the same weights.
   */
  id?: string | undefined;
}

/** Settings of the runtime. */
export interface RuntimeOptions {
  /** Default `wasm`. `webgpu` is refused if it is not available. */
  device?: Device | undefined;
  /**
   * Threads of the wasm device. Default: up to 4 if memory can be shared (in Node.js, and in workers of cross-origin
   * isolated pages), else 1, and 1 in Firefox. The first load in a realm decides. If they do not start within 10 seconds, a second worker
   * loads the model with one thread; a given worker, or `worker: false`, fails with `network`.
   */
  threads?: number | undefined;
  /** Location of ONNX Runtime's .wasm file, if it is not beside its script. */
  runtimeWasm?: string | URL | undefined;
}

/** Options of `OnnxEmbedder.load`. */
export interface OnnxLoadOptions extends ModelFileOptions, ModelReadingOptions, RuntimeOptions {
  /**
   * Whether the model runs in a worker of its own, or a worker or port that serves `signalbox/onnx-worker-entry`.
   * Default: `true` in a page, `false` elsewhere (a worker, Node.js).
   */
  worker?: boolean | WorkerLike | undefined;
  /** Milliseconds within which the worker has to answer for the first time; default 30,000. */
  startTimeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
}

const SUFFIXES: Record<Dtype, string> = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
};

export const modelFileOf = ({ file, dtype = 'q8' }: ModelFileOptions) => file ?? `onnx/model${SUFFIXES[dtype]}.onnx`;

/** Returns the type of the weights by the file's name, or the name itself if that does not tell. */
export function dtypeOf(options: ModelFileOptions): string {
  if (options.file === undefined) return options.dtype ?? 'q8';
  const known = DTYPES.find((dtype) => modelFileOf({ dtype }) === options.file);
  return known ?? options.file;
}
