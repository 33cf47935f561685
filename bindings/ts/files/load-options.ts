/** Checks the options that say where files are loaded from. */
import { isAddress, isBlob, isBytes, isCompiled, isResponse } from '../kinds.js';
import {
  aCallback,
  aFlag,
  anAddress,
  aSignal,
  type Check,
  checkOptions,
  invalid,
  type Keys,
  must,
  oneOf,
  wrongKind,
} from '../options.js';
import type { EmbedderFiles, LoadOptions, Source } from '../types.js';

export const isSource = (value: unknown): value is Source =>
  isAddress(value) || isBytes(value) || isBlob(value) || isResponse(value);

export const aSource = /* @__PURE__ */ must(isSource, 'an address, bytes, a Blob or a Response');
export const aWasmSource = /* @__PURE__ */ must(
  (value) => isSource(value) || isCompiled(value),
  'an address, bytes or a WebAssembly.Module',
);

const EMBEDDER_FILES: Keys<EmbedderFiles> = { tokenizer: aSource, model: aSource, config: aSource };

/** Accepts the address of a Model2Vec folder, an embedder in one file, or three files. */
export const anEmbedderSource: Check = (value, name) => {
  if (isSource(value)) return;
  checkOptions(value as EmbedderFiles, EMBEDDER_FILES, name);
  const missing = Object.keys(EMBEDDER_FILES).find((file) => (value as Record<string, Source>)[file] === undefined);
  if (missing !== undefined) throw invalid(`${name} has no ${missing}, expected tokenizer, model and config`);
};

/** Accepts an embedder, a function that makes one, or the place of one. */
export const anEmbedder: Check = (value, name) => {
  const isEmbedder = typeof (value as { embed?: unknown } | null)?.embed === 'function';
  if (value !== null && !isEmbedder && typeof value !== 'function') anEmbedderSource(value, name);
};

/** Accepts a function that makes an embedder, or the place of one. */
const aMultilingual: Check = (value, name) => {
  if (typeof value !== 'function') anEmbedderSource(value, name);
};

/** Accepts the place of a folder, or `false` for none. */
const aFolder: Check = (value, name) => {
  if (value !== false && !isAddress(value)) {
    throw wrongKind(value, name, 'an address or false');
  }
};

const CACHE_MODES = ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'];

/** The keys that every function which reads files takes. */
export const READING = { cache: /* @__PURE__ */ oneOf(CACHE_MODES), signal: aSignal, onProgress: aCallback };

export const LOAD_KEYS: Keys<LoadOptions> = {
  assets: anAddress,
  index: aSource,
  embedder: anEmbedder,
  multilingual: aMultilingual,
  onMultilingual: aCallback,
  wasm: aWasmSource,
  texts: aFolder,
  early: aFlag,
  onEarly: aCallback,
  search: /* @__PURE__ */ oneOf(['exact', 'fast']),
  ...READING,
};
