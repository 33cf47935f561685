/** Loads and runs an embedder from the files of a folder, in this thread. */
import { openFileCache } from '#onnx-platform';
import { asObject, parseJson } from '../embedding/embedder-files.js';
import { abortable, errorFrom, SignalboxError, throwIfAborted } from '../errors.js';
import type { EmbedderDetails, Embedding } from '../types.js';
import { batchesOf } from './batches.js';
import { type Configuration, readConfiguration } from './configuration.js';
import type { FetchedFile } from './fetching.js';
import { FolderReader, readConfigurationFiles, readListing } from './folder-reader.js';
import { knownModel } from './known-models.js';
import { checkPath, findFolder, isHubId, type ReadJson } from './location.js';
import {
  DTYPES,
  dtypeOf,
  type Manifest,
  type ModelFileOptions,
  modelFileOf,
  type OnnxLoadOptions,
  POOLINGS,
} from './options.js';
import { poolText } from './pooling.js';
import { ModelSession } from './runtime.js';
import { TextTokenizer } from './tokens.js';

/** Description of a loaded model, as plain data. */
export interface LoadedModel {
  id: string;
  hash: string | undefined;
  dim: number;
  details: EmbedderDetails;
  /** SHA-256 of every file that was read: a load with this manifest accepts only these files. */
  manifest: Manifest;
  /** Threads that compute. */
  threads: number;
}

function checkOptions(options: OnnxLoadOptions): void {
  const refuse = (what: string, got: unknown, expected: string) => {
    throw errorFrom('invalid_argument', `${what} is ${String(got)}, expected ${expected}`);
  };
  const { dtype, pooling, maxTokens, file } = options;
  if (dtype !== undefined && !DTYPES.includes(dtype)) refuse('dtype', dtype, DTYPES.join(', '));
  if (pooling !== undefined && !POOLINGS.includes(pooling)) refuse('pooling', pooling, POOLINGS.join(', '));
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && maxTokens >= 3)) {
    refuse('maxTokens', maxTokens, 'a whole number of at least 3');
  }
  if (file !== undefined) checkPath(file, 'file');
}

const prefixed = (sha256: string | undefined) => (sha256 === undefined ? undefined : `sha256:${sha256}`);

interface Settings {
  reader: FolderReader;
  /** Default id of the vectors. */
  id: string;
  tokenizer: TextTokenizer;
  configuration: Configuration;
  details: EmbedderDetails;
}

/** Reads everything but the weights. */
async function readSettings(model: string, options: OnnxLoadOptions): Promise<Settings> {
  const { signal, onProgress, cache = true } = options;
  const fetching = { signal, onProgress, cache: openFileCache(cache) };
  const folder = await findFolder(model, options, readListing(fetching));
  const reader = new FolderReader(folder, fetching);
  const [files, tokenizerFile] = await Promise.all([readConfigurationFiles(reader), reader.fetch('tokenizer.json')]);
  const known = isHubId(model) ? knownModel(model) : undefined;
  const settings = files.modules === undefined ? known : undefined;
  const configuration = readConfiguration(files, {
    pooling: options.pooling ?? settings?.pooling,
    maxTokens: options.maxTokens ?? settings?.maxTokens,
  });
  const json = asObject(parseJson(tokenizerFile.bytes, 'tokenizer.json'), 'tokenizer.json');
  const tokenizer = new TextTokenizer(json, files.tokenizerConfig, files.config, configuration);
  const { pooling, maxTokens, prefix } = configuration;
  const tokenizerHash = prefixed(tokenizerFile.sha256);
  const details = {
    ...{ dtype: dtypeOf(options), pooling, maxTokens },
    ...(folder.revision === undefined ? {} : { revision: folder.revision }),
    ...(tokenizerHash === undefined ? {} : { tokenizerHash }),
    ...(prefix === '' ? {} : { prefix }),
  };
  return { reader, id: known?.vectors ?? folder.name, tokenizer, configuration, details };
}

/** Types that do not quantise activations, so that a text's vector does not depend on the rest of its batch. */
const WEIGHTS_ONLY: readonly string[] = ['fp32', 'fp16', 'q4', 'q4f16', 'bnb4'];
const MOST_TEXTS = 8;

/** A loaded model. */
export class OnnxModel {
  readonly loaded: LoadedModel;
  readonly #session: ModelSession;
  readonly #tokenizer: TextTokenizer;
  readonly #configuration: Configuration;
  readonly #mostTexts: number;
  #isReleased = false;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    loaded: LoadedModel,
    session: ModelSession,
    tokenizer: TextTokenizer,
    configuration: Configuration,
  ) {
    this.loaded = loaded;
    this.#session = session;
    this.#tokenizer = tokenizer;
    this.#configuration = configuration;
    this.#mostTexts = WEIGHTS_ONLY.includes(loaded.details.dtype) ? MOST_TEXTS : 1;
  }

  static async load(model: string, options: OnnxLoadOptions): Promise<OnnxModel> {
    const { signal } = options;
    checkOptions(options);
    throwIfAborted(signal);
    // The small files come first: they may be reasons to refuse the model.
    const { reader, id, tokenizer, configuration, details } = await readSettings(model, options);
    let weights: FetchedFile | undefined = await reader.fetch(modelFileOf(options));
    const hash = prefixed(weights.sha256);
    const opening = ModelSession.open(weights.bytes, options);
    weights = undefined; // The runtime has a copy: free this one.
    const session = await orRelease(opening, signal);
    try {
      const dim = await probe(session, tokenizer);
      throwIfAborted(signal);
      const loaded = {
        id: options.id ?? id,
        hash,
        dim,
        details,
        manifest: reader.manifest(),
        threads: session.threads,
      };
      return new OnnxModel(loaded, session, tokenizer, configuration);
    } catch (cause) {
      await session.release();
      throw cause;
    }
  }

  /** Embeds texts. Errors: `aborted`, `disposed`, `invalid_argument`, `bad_embedder`, `non_finite`, `out_of_memory`. */
  async embed(texts: readonly string[], signal: AbortSignal | undefined): Promise<Embedding[]> {
    for (const text of texts) {
      if (typeof text !== 'string') throw errorFrom('invalid_argument', `expected a text, got ${typeof text}`);
    }
    const encoded = texts.map((text) => this.#tokenizer.encode(text));
    const out: Embedding[] = encoded.map(({ ids: _, known, ...read }) => ({
      vector: new Float32Array(this.loaded.dim),
      tokens: known,
      ...read,
    }));
    // A text without a known token gets the zero vector.
    const meant = encoded.flatMap(({ known }, i) => (known > 0 ? [i] : []));
    const lengths = meant.map((i) => encoded[i]?.ids.length ?? 0);
    for (const batch of batchesOf(lengths, this.#mostTexts)) {
      await this.#turn(signal);
      const rows = batch.map((n) => meant[n] as number);
      const ids = rows.map((i) => encoded[i]?.ids ?? []);
      const states = await this.#inTurn(() => this.#session.run(ids, this.#tokenizer.padId));
      for (const [row, i] of rows.entries()) {
        (out[i] as Embedding).vector = poolText(states, row, ids[row]?.length ?? 0, this.#configuration.pooling);
      }
    }
    throwIfAborted(signal);
    return out;
  }

  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    await this.#inTurn(() => this.#session.release());
  }

  /** Queues an action: a session runs one batch at a time. */
  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#last.then(action);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Waits for a turn of the event loop between two batches, to let in an abort or a dispose. */
  async #turn(signal: AbortSignal | undefined): Promise<void> {
    await nextTurn();
    throwIfAborted(signal);
    if (this.#isReleased) throw errorFrom('disposed', 'the embedder was disposed');
  }
}

/** Waits for a turn of the event loop, by a message: browsers delay nested timers by 4 ms. */
async function nextTurn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  await new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(0);
  });
  port1.close();
}

/** Waits for a session; releases it if it opens after an abort. */
async function orRelease(opening: Promise<ModelSession>, signal: AbortSignal | undefined): Promise<ModelSession> {
  try {
    return await abortable(opening, signal);
  } catch (cause) {
    opening.then((session) => session.release()).catch(() => undefined);
    throw cause;
  }
}

/** Returns the dimension of the vectors, by embedding a short text. */
async function probe(session: ModelSession, tokenizer: TextTokenizer): Promise<number> {
  const { ids } = tokenizer.encode('a');
  return (await session.run([ids], tokenizer.padId)).dim;
}

/** Returns whether the model's file is in the cache, with the hub's list of files also taken from the cache. */
export async function isModelCached(model: string, options: ModelFileOptions): Promise<boolean> {
  const cache = openFileCache(options.cache ?? true);
  if (cache === undefined) return false;
  const readCached: ReadJson = async (address, what, accept) => {
    if (!(await cache.has(address))) throw errorFrom('network', `${what} is not in the cache`);
    return readListing({ cache })(address, what, accept);
  };
  try {
    return await cache.has((await findFolder(model, options, readCached)).address(modelFileOf(options)));
  } catch (cause) {
    if (cause instanceof SignalboxError && cause.code === 'network') return false;
    throw cause;
  }
}
