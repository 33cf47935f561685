/** The embedders that `--embedder` knows by name. Each has a package with its weights and its index. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { errorFrom } from '../errors.js';
import { DEFAULT_MODEL, knownModel, MINILM_MODEL } from '../onnx/known-models.js';
import type { OnnxLoadOptions } from '../onnx/options.js';
import type { OnnxEmbedder } from '../onnx.js';

const MODELS = { minilm: MINILM_MODEL, mpnet: DEFAULT_MODEL } as const;

/** An embedder by name, with its weights in a package or at a place: a folder or a hub's id, with options after `?`. */
export interface NamedEmbedder {
  name: keyof typeof MODELS;
  place: string | undefined;
}

/** The package of a named embedder. */
interface EmbedderPackage {
  index(): URL;
  embedder(options: Pick<OnnxLoadOptions, 'onProgress' | 'signal'>): Promise<OnnxEmbedder>;
}

/** Reads `minilm`, `mpnet`, `minilm:<place>` or `mpnet:<place>`; `undefined` for anything else. */
export function namedEmbedder(text: string): NamedEmbedder | undefined {
  const [name, ...rest] = text.split(':');
  if (name !== 'minilm' && name !== 'mpnet') return undefined;
  return { name, place: rest.length === 0 ? undefined : rest.join(':') };
}

/** Returns how the model at a place has to be read, for its vectors to be those of the index. */
export function settingsOf({ name }: NamedEmbedder): Pick<OnnxLoadOptions, 'id' | 'maxTokens' | 'pooling'> {
  const known = knownModel(MODELS[name]);
  return { id: MODELS[name], pooling: known?.pooling, maxTokens: known?.maxTokens };
}

const packageOf = ({ name }: NamedEmbedder) => `signalbox-${name}`;

const isMissing = (cause: unknown) => /MODULE_NOT_FOUND$/.test(String((cause as { code?: unknown } | undefined)?.code));

/** Imports a package from beside this one, else from the working folder. */
async function importPackage(name: string): Promise<EmbedderPackage> {
  try {
    return await import(name);
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
  }
  const resolved = createRequire(path.join(process.cwd(), 'x')).resolve(name);
  return import(pathToFileURL(resolved).href);
}

/** Loads the package of a named embedder. Errors: `network` if it is not installed. */
export async function packedEmbedder(named: NamedEmbedder): Promise<EmbedderPackage> {
  const name = packageOf(named);
  try {
    return await importPackage(name);
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    const instead = `name a folder of the model, ${named.name}:<folder>, and an index, --index`;
    const message = `${name} is not installed (npm install ${name}); or ${instead}`;
    throw Object.assign(errorFrom('network', message), { cause });
  }
}

/** Returns the index of a named embedder: that of a checkout, else that of its package. Errors: `network` without either. */
export async function indexOf(named: NamedEmbedder): Promise<string> {
  const inCheckout = new URL(`../../models/${named.name}/index-${named.name}.sbx`, import.meta.url);
  if (existsSync(inCheckout)) return fileURLToPath(inCheckout);
  return (await packedEmbedder(named)).index().href;
}
