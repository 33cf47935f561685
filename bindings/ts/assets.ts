/**
 * Addresses of the files that routing needs. This module stays at the root of the package: a bundler that leaves
 * `import.meta.url` alone resolves it against the bundle, and the files then lie beside the bundle as they lie here.
 */
import type { EmbedderFiles } from './types.js';

export const INDEX = new URL('./models/index/index.sbx', import.meta.url);

export const EMBEDDER: EmbedderFiles = {
  tokenizer: new URL('./models/embedder/tokenizer.json', import.meta.url),
  model: new URL('./models/embedder/model.safetensors', import.meta.url),
  config: new URL('./models/embedder/config.json', import.meta.url),
};

export const WASM = new URL('./signalbox.wasm', import.meta.url);
