/** The keys of the options of signalbox/onnx. Their ranges are checked where they are used. */
import {
  aCallback,
  anAddress,
  anything,
  aPlainObject,
  aSignal,
  aText,
  type Check,
  type Keys,
  orNull,
  wrongKind,
} from '../options.js';
import type { ModelFileOptions, OnnxLoadOptions } from './options.js';

/** Accepts true, false or a folder. */
export const aCache: Check = (value, name) => {
  if (typeof value === 'boolean' || typeof value === 'string') return;
  throw wrongKind(value, name, 'true, false or a folder');
};

const MODEL_FILE_KEYS: Keys<ModelFileOptions> = {
  dtype: anything,
  file: aText,
  revision: aText,
  host: aText,
  manifest: orNull(aPlainObject),
  cache: aCache,
};

export const ONNX_KEYS: Keys<OnnxLoadOptions> = {
  ...MODEL_FILE_KEYS,
  pooling: anything,
  maxTokens: anything,
  id: aText,
  device: anything,
  threads: anything,
  runtimeWasm: anAddress,
  worker: anything,
  startTimeoutMs: anything,
  signal: aSignal,
  onProgress: aCallback,
};
