/** Loads the embedder that `--embedder` names: the built-in one, a Model2Vec folder, or an ONNX model. */
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
import { Progress } from './progress.js';

export const EMBEDDER_HELP =
  'use a Model2Vec folder or onnx:<folder or hub id>[?dtype=fp32&...] instead of the built-in embedder (docs/onnx.md)';

const ONNX = 'onnx:';

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

/** Loads an ONNX model, given the part after `onnx:`. Errors: those of `OnnxEmbedder.load`. */
export async function loadOnnx(spec: string, signal?: AbortSignal): Promise<OnnxEmbedder> {
  const { model, options } = await parse(spec);
  const { OnnxEmbedder } = await import('../onnx.js');
  const progress = new Progress(process.stderr);
  try {
    return await OnnxEmbedder.load(model === '' ? undefined : model, {
      ...options,
      signal,
      onProgress: showDownload(progress),
    });
  } finally {
    progress.end();
  }
}

/** Returns the option in the form that `Router.load` takes. */
export function embedderOption(text: string | undefined): string | (() => Promise<Embedder>) | undefined {
  return text?.startsWith(ONNX) ? () => loadOnnx(text.slice(ONNX.length)) : text;
}

export async function loadEmbedder(text: string | undefined, signal: AbortSignal | undefined): Promise<Embedder> {
  return text?.startsWith(ONNX) ? loadOnnx(text.slice(ONNX.length), signal) : StaticEmbedder.load(text, { signal });
}
