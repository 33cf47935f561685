/** What a page and the worker of its ONNX embedder say to each other. */
import type { Control } from '../workers/channel.js';
import type { OnnxLoadOptions } from './options.js';

/** `OnnxLoadOptions`, as far as they can be cloned; addresses are resolved. */
export type OnnxWorkerLoad = Omit<OnnxLoadOptions, 'worker' | 'signal' | 'onProgress'>;

export type OnnxQuestion =
  | { call: 'load'; model: string; options: OnnxWorkerLoad }
  | { call: 'embed'; texts: readonly string[] };

export type OnnxRequest = ({ id: number } & OnnxQuestion) | Control;
