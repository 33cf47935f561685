/** Messages between a page and the worker of its ONNX embedder. */
import type { OnnxLoadOptions } from './options.js';

/** The part of `OnnxLoadOptions` that can be cloned; addresses are resolved. */
export type OnnxWorkerLoad = Omit<OnnxLoadOptions, 'worker' | 'signal' | 'onProgress'>;

export type OnnxQuestion =
  /** The answer is `null` if the threads of ONNX Runtime did not start. */
  { call: 'load'; model: string; options: OnnxWorkerLoad } | { call: 'embed'; texts: readonly string[] };
