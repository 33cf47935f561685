/** What can be said of an ONNX model when it is loaded. All of it is plain data: it crosses to a worker. */
import type { OnProgress } from '../types.js';
import type { WorkerLike } from '../workers/channel.js';

/** The types of weights that transformers.js names, and the files that it calls so. */
export const DTYPES = ['fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4'] as const;
export type Dtype = (typeof DTYPES)[number];

/** How the vectors of the tokens become one. */
export const POOLINGS = ['mean', 'cls', 'max'] as const;
export type Pooling = (typeof POOLINGS)[number];

export const DEVICES = ['wasm', 'webgpu'] as const;
export type Device = (typeof DEVICES)[number];

/** What the files of a model must be. A file that is not named does not exist. */
export interface Manifest {
  files: Readonly<Record<string, { sha256: string; sizeBytes?: number }>>;
}

/** Where the files are, what they must be, and where they are kept. */
export interface ModelFileOptions {
  /**
   * Weights to load: `onnx/model.onnx`, or with the suffix that transformers.js uses. Default `q8`:
   * `onnx/model_quantized.onnx`.
   */
  dtype?: Dtype | undefined;
  /** The model's file below the folder, instead of the one that `dtype` names. */
  file?: string | undefined;
  /** Of a hub's model: a branch, a tag or a commit. Default `main`. */
  revision?: string | undefined;
  /** Where the hub is. Default `https://huggingface.co`. */
  host?: string | undefined;
  /**
   * SHA-256 of each file, checked before it is used. Without it: what the package knows of its default model, else what
   * the hub itself says of its files. `null`: nothing is checked, for a folder of one's own on a server.
   */
  manifest?: Manifest | null | undefined;
  /**
   * Where downloads are kept: `true` (the default) in the browser's Cache API, in Node below `~/.cache/signalbox`; or,
   * in Node, a folder.
   */
  cache?: boolean | string | undefined;
}

/** What decides about the vectors, where the folder does not say. */
export interface ModelReadingOptions {
  /** Default: what the folder's modules say. A folder without them needs this. */
  pooling?: Pooling | undefined;
  /** Tokens of a text that are read, special ones included. Default: what the folder says. */
  maxTokens?: number | undefined;
  /** What the vectors are called, in an index for example. Default: the hub's id, or the folder's name. */
  id?: string | undefined;
}

/** Where the model runs. */
export interface RuntimeOptions {
  /** Default `wasm`. `webgpu` is refused where there is none. */
  device?: Device | undefined;
  /**
   * Of the wasm device. Default: up to 4 where memory can be shared (the worker of a page that is cross-origin
   * isolated; Node), else 1. The first load of a realm counts.
   */
  threads?: number | undefined;
  /** Where ONNX Runtime's .wasm is, if not beside its script. */
  runtimeWasm?: string | URL | undefined;
}

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

/** The type of the weights by the file's name; the name itself where it says nothing. */
export function dtypeOf(options: ModelFileOptions): string {
  if (options.file === undefined) return options.dtype ?? 'q8';
  const known = DTYPES.find((dtype) => modelFileOf({ dtype }) === options.file);
  return known ?? options.file;
}
