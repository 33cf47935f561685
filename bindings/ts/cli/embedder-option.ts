/** Loads the embedder that `--embedder` names: the built-in one, one with a package, a Model2Vec folder, or an ONNX model. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { StaticEmbedder } from '../embedding/static-embedder.js';
import { readJsonFile } from '../files/disk/text.js';
import type { Manifest, OnnxLoadOptions } from '../onnx/options.js';
import type { OnnxEmbedder } from '../onnx.js';
import { invalid } from '../options.js';
import type { Embedder, OnProgress } from '../types.js';
import { parseDecimal } from './arguments.js';
import { type NamedEmbedder, namedEmbedder, packedEmbedder, settingsOf } from './named-embedders.js';
import { Progress } from './progress.js';

export const EMBEDDER_HELP =
  'use minilm, mpnet, a Model2Vec folder or onnx:<folder or hub id>[?dtype=fp32&...] instead of the built-in embedder, static (docs/onnx.md)';

const ONNX = 'onnx:';
/** Names the built-in embedder in a list; a folder of this name is `./static`. */
const BUILT_IN = 'static';

const toCount = (key: string, text: string) => {
  const value = parseDecimal(text);
  if (!Number.isInteger(value) || value < 1)
    throw invalid(`onnx: ${key} is '${text}', expected a whole number of at least 1`);
  return value;
};

/** Options after the `?`. The embedder checks their ranges. */
const KEYS: Readonly<Record<string, (text: string) => OnnxLoadOptions | Promise<OnnxLoadOptions>>> = {
  dtype: (text) => ({ dtype: text as OnnxLoadOptions['dtype'] }),
  file: (text) => ({ file: text }),
  pooling: (text) => ({ pooling: text as OnnxLoadOptions['pooling'] }),
  maxTokens: (text) => ({ maxTokens: toCount('maxTokens', text) }),
  id: (text) => ({ id: text }),
  revision: (text) => ({ revision: text }),
  host: (text) => ({ host: text }),
  manifest: async (text) => ({
    manifest: text === 'null' ? null : ((await readJsonFile(text, `the manifest ${text}`)) as Manifest),
  }),
  cache: (text) => ({ cache: text === 'false' ? false : text }),
  threads: (text) => ({ threads: toCount('threads', text) }),
};

async function parse(spec: string): Promise<{ model: string; options: OnnxLoadOptions }> {
  const at = spec.indexOf('?');
  const model = at < 0 ? spec : spec.slice(0, at);
  const options: OnnxLoadOptions = {};
  for (const [key, text] of at < 0 ? [] : new URLSearchParams(spec.slice(at + 1))) {
    const read = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
    if (read === undefined) throw invalid(`onnx: '${key}' is not known, expected ${Object.keys(KEYS).join(', ')}`);
    Object.assign(options, await read(text));
  }
  // An existing folder takes precedence over a repository of the same name.
  const isFolder = (await stat(model).catch(() => undefined))?.isDirectory() === true;
  return { model: isFolder ? path.resolve(model) : model, options };
}

/** Shows downloads; files from the cache load too fast to mention. */
function showDownload(progress: Progress): OnProgress {
  let current = '';
  return (event) => {
    if (event.status !== 'progress' || event.loaded === event.total) return;
    if (current !== event.file) progress.begin(`loading ${event.file} of ${event.name}`);
    current = event.file;
    progress.update(event.loaded, event.total).catch(() => undefined); // An abort is handled elsewhere.
  };
}

/** Loads an embedder while its downloads are shown. */
async function showingDownload<T>(load: (onProgress: OnProgress) => Promise<T>): Promise<T> {
  const progress = new Progress(process.stderr);
  try {
    return await load(showDownload(progress));
  } finally {
    progress.end();
  }
}

/** Loads an ONNX model, given the part after `onnx:`. Errors: those of `OnnxEmbedder.load`. */
export async function loadOnnx(
  spec: string,
  signal?: AbortSignal,
  settings: OnnxLoadOptions = {},
): Promise<OnnxEmbedder> {
  const { model, options } = await parse(spec);
  const { OnnxEmbedder } = await import('../onnx.js');
  return showingDownload((onProgress) =>
    OnnxEmbedder.load(model === '' ? undefined : model, { ...settings, ...options, signal, onProgress }),
  );
}

/** Loads an embedder by name, from its place or its package. Errors: those of `packedEmbedder` and `OnnxEmbedder.load`. */
async function loadNamed(named: NamedEmbedder, signal?: AbortSignal): Promise<OnnxEmbedder> {
  if (named.place !== undefined) return loadOnnx(named.place, signal, settingsOf(named));
  const { embedder } = await packedEmbedder(named);
  return showingDownload((onProgress) => embedder({ signal, onProgress }));
}

/** Returns the function that loads an embedder other than a static one. */
function loaderOf(text: string): ((signal?: AbortSignal) => Promise<OnnxEmbedder>) | undefined {
  if (text.startsWith(ONNX)) return (signal) => loadOnnx(text.slice(ONNX.length), signal);
  const named = namedEmbedder(text);
  return named && ((signal) => loadNamed(named, signal));
}

/** Returns the option in the form that `Router.load` takes. */
export function embedderOption(text: string | undefined): string | (() => Promise<Embedder>) | undefined {
  const load = text === undefined ? undefined : loaderOf(text);
  if (load !== undefined) return () => load();
  return text === BUILT_IN ? undefined : text;
}

export async function loadEmbedder(text: string | undefined, signal: AbortSignal | undefined): Promise<Embedder> {
  const load = text === undefined ? undefined : loaderOf(text);
  return load === undefined ? StaticEmbedder.load(text === BUILT_IN ? undefined : text, { signal }) : load(signal);
}
