/**
 * The default embedder: reads Model2Vec's layout; @huggingface/tokenizers tokenises, the core averages and normalises.
 */
import type { Tokenizer } from '@huggingface/tokenizers';
import { disposed, whenAbandoned } from '../abandoned.js';
import { embedderAddress, within } from '../assets.js';
import { abortable, errorFrom, SignalboxError, throwIfAborted } from '../errors.js';
import { describeBytes, SAFETENSORS } from '../files/describe.js';
import type { Fields } from '../files/fields.js';
import { anEmbedderSource, aWasmSource, READING } from '../files/load-options.js';
import { sha256Of } from '../files/sha256.js';
import { concatenate, type LimitedReadOptions, type ReadOptions, readBytes } from '../files/sources.js';
import { isAddress } from '../kinds.js';
import { aList, aSignal, checkOptions, type Keys } from '../options.js';
import type {
  EarlyState,
  Embedder,
  EmbedderSource,
  Embedding,
  LanguageTable,
  LoadOptions,
  WasmSource,
} from '../types.js';
import { type Core, loadCore } from '../wasm/core-module.js';
import { beginningOf } from './cut-text.js';
import { type EarlyFiles, type Later, readOneFile } from './early-embedder.js';
import { asObject, type FilesInMemory, isOneFile, parsedBy, parseJson, unpackEmbedder } from './embedder-files.js';
import { isGibberish, isImprobable } from './gibberish.js';
import { languagesIn } from './language-table.js';
import { knownTokens, openTokenizer, pieceCosts, readsBytes, wordShareOf } from './tokenizer.js';
import { tokenCount } from './tokenizer-faults.js';
import { endOf, parseTokenizer } from './vocabulary.js';

/** Longer texts are cut before they are tokenised, so that a megabyte costs no more than a page. */
const MAX_TEXT_LENGTH = 8192;
const MAX_TOKENS = 512;

/** Id of the built-in embedder (models/embedder/config.json). */
export const DEFAULT_EMBEDDER_ID = 'signalbox-static-128-v1';

/** Options of `StaticEmbedder.load`. */
export interface StaticEmbedderOptions extends ReadOptions {
  wasm?: WasmSource | undefined;
}

const STATIC_KEYS: Keys<StaticEmbedderOptions> = { wasm: aWasmSource, ...READING };

/** Reads the three files of an embedder, or the one that has them all; without a source, the one that ships. */
async function readFiles(
  source: EmbedderSource | undefined,
  options: LimitedReadOptions,
  early: boolean,
): Promise<EarlyFiles> {
  // The address of the one that ships is a bundler's, which may have any name.
  if (source === undefined || isOneFile(source)) {
    const file = source ?? embedderAddress();
    return early ? readOneFile(file, options) : unpackEmbedder(await readBytes(file, options));
  }
  const places = isAddress(source)
    ? ['tokenizer.json', 'model.safetensors', 'config.json'].map((name) => within(source, name))
    : [source.tokenizer, source.model, source.config];
  const [tokenizer, model, config] = await Promise.all(places.map((place) => readBytes(place, options)));
  return { tokenizer, model, config } as FilesInMemory;
}

/** Returns the id of an embedder that does not state one: the name of its folder. */
function idOf(source: EmbedderSource | undefined): string {
  if (source === undefined) return DEFAULT_EMBEDDER_ID;
  const file = isOneFile(source) ? source : isAddress(source) ? within(source, 'model') : source.model;
  return (isAddress(file) ? String(file).split('/').at(-2) : undefined) || 'static';
}

/**
 * Returns 'sha256:...' of the model's bytes followed by the tokenizer's; `undefined` without WebCrypto (plain http).
 */
async function hashOf(model: Uint8Array, tokenizer: Uint8Array): Promise<string | undefined> {
  const sha256 = await sha256Of(concatenate([model, tokenizer]));
  return sha256 === undefined ? undefined : `sha256:${sha256}`;
}

/** Errors: `bad_checksum` if a hash is known and another one was expected. */
function checkHash(hash: string | undefined, expected: unknown): void {
  if (hash === undefined || typeof expected !== 'string' || expected === hash) return;
  throw new SignalboxError('bad_checksum', `the embedder's files have the hash ${hash}, expected ${expected}`);
}

/** The rows that are not there yet. `whole` rejects if they cannot be read. */
interface Rest {
  isMissing: Later['isMissing'];
  whole: Promise<void>;
  hasFailed: boolean;
  /** Stops the reading. */
  stop(): void;
}

/** Opens the model's table. The error for another kind of file names that kind. */
function openModel(core: Core, model: Uint8Array, configJson: string): ReturnType<Core['openEmbedder']> {
  try {
    return core.openEmbedder(model, configJson);
  } catch (cause) {
    const kind = describeBytes(model);
    if (kind === undefined || kind === SAFETENSORS || (cause as SignalboxError).code !== 'bad_embedder') throw cause;
    throw new SignalboxError('bad_embedder', `${(cause as SignalboxError).message}: it is ${kind}`, { cause });
  }
}

/**
 * Embeds texts with a Model2Vec model, by default the one that ships: the mean of the vectors of a text's words, without their order.
 *
 * @example
 * ```js
 * const embedder = await StaticEmbedder.load();
 * const router = await Router.load({ embedder });
 * router.dispose();
 * embedder.dispose();
 * ```
 */
export class StaticEmbedder implements Embedder {
  /** Name of the model. */
  readonly id: string;
  /** Hash of the model's files. */
  readonly hash: string | undefined;
  /** Numbers per vector. */
  readonly dim: number;
  /** Facts about the table, if the model is one of other languages. */
  readonly languages: LanguageTable | undefined;
  readonly #core: Core;
  readonly #tokenizer: Tokenizer;
  readonly #isKnown: (id: number) => boolean;
  readonly #readsBytes: boolean;
  /** Costs of the tokens of a table of many languages. */
  readonly #costs: ((id: number) => number) | undefined;
  #handle: number | undefined;
  /** Until all rows are there, or forever if they cannot be read. */
  #rest: Rest | undefined;

  private constructor(
    core: Core,
    tokenizer: Tokenizer,
    tokenizerJson: Fields,
    { id, hash, languages }: Pick<StaticEmbedder, 'id' | 'hash' | 'languages'>,
    opened: { handle: number; dim: number },
  ) {
    this.#core = core;
    this.#tokenizer = tokenizer;
    this.#isKnown = knownTokens(tokenizer, tokenizerJson);
    this.#readsBytes = readsBytes(tokenizerJson);
    this.#costs = languages === undefined ? undefined : pieceCosts(tokenizerJson);
    this.#handle = opened.handle;
    this.id = id;
    this.hash = hash;
    this.dim = opened.dim;
    this.languages = languages;
    const { handle } = opened;
    whenAbandoned(this, () => core.close(handle));
  }

  /**
   * Loads a Model2Vec model: the address of a folder (in Node.js also a path) with `tokenizer.json`,
   * `model.safetensors` and `config.json`, the three files, or one file that has them all (models/FORMAT.md). Without a
   * source, loads the built-in embedder. Errors: `network`, `aborted`, `bad_embedder`, `bad_wasm`, `out_of_memory`;
   * `bad_checksum` if `config.json` has the `hash` of other files, or a gzip stream is damaged; `size_overflow`.
   *
   * @example
   * ```js
   * const embedder = await StaticEmbedder.load();
   * embedder.dim;    // 128
   * embedder.dispose();
   * ```
   */
  static async load(source?: EmbedderSource, options: StaticEmbedderOptions = {}): Promise<StaticEmbedder> {
    if (source !== undefined) anEmbedderSource(source, 'the source');
    checkOptions(options, STATIC_KEYS);
    return StaticEmbedder.loadInto(await loadCore(options.wasm, options), source, options);
  }

  /**
   * @internal Like `load`, into a core that may still be loading: meanwhile this reads and checks the files. With `early`,
   * resolves as soon as texts of frequent words can be read.
   */
  static async loadInto(
    starting: Core | Promise<Core>,
    source: EmbedderSource | undefined,
    { early = false, onEarly, ...options }: LimitedReadOptions & Pick<LoadOptions, 'early' | 'onEarly'>,
  ): Promise<StaticEmbedder> {
    const { signal } = options;
    // The signal of the load does not stop the rest, which `dispose` does.
    const reading = new AbortController();
    const stop = () => reading.abort(signal?.reason);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const files = await readFiles(source, { ...options, signal: reading.signal }, early);
      const { later } = files;
      const embedder = await StaticEmbedder.#openFiles(starting, source, files);
      if (signal?.aborted) embedder.dispose();
      throwIfAborted(signal);
      if (later !== undefined) embedder.#awaitRest(later, files, { stop: () => reading.abort(), onEarly });
      return embedder;
    } catch (error) {
      reading.abort();
      throw error;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Opens files in memory. While rows are missing, the hash is the one that the file states. */
  static async #openFiles(
    starting: Core | Promise<Core>,
    source: EmbedderSource | undefined,
    { tokenizer: tokenizerBytes, model, config: configBytes, later }: EarlyFiles,
  ): Promise<StaticEmbedder> {
    const config = asObject(parseJson(configBytes, 'config.json'), 'config.json');
    const hashing = later === undefined ? hashOf(model, tokenizerBytes) : later.hash; // Meanwhile this parses.
    const { json, vocabulary } = parsedBy(parseTokenizer, tokenizerBytes, 'tokenizer.json');
    const tokenizerJson = asObject(json, 'tokenizer.json');
    const languages = languagesIn(config);
    const hash = await hashing;
    checkHash(hash, config.hash);
    const tokenizer = openTokenizer(tokenizerJson, {}, vocabulary);
    const core = await starting;
    const id = typeof config.id === 'string' ? config.id : idOf(source);
    const opened = openModel(core, model, JSON.stringify(config));
    const tokens = Math.max(tokenCount(tokenizerJson), vocabulary === undefined ? 0 : endOf(vocabulary));
    if (tokens > opened.vocabulary) {
      core.close(opened.handle);
      throw errorFrom('bad_embedder', `the tokenizer has ${tokens} tokens, the table has ${opened.vocabulary}`);
    }
    return new StaticEmbedder(core, tokenizer, tokenizerJson, { id, hash, languages }, opened);
  }

  /** Fills the table when the rest of its rows is there. */
  #awaitRest(
    { isMissing, model, hash }: Later,
    { tokenizer }: EarlyFiles,
    { stop, onEarly }: Pick<Rest, 'stop'> & Pick<LoadOptions, 'onEarly'>,
  ): void {
    const whole = model.then(async (filled) => {
      if (hash !== undefined) checkHash(await hashOf(filled, tokenizer), hash);
      if (this.#handle === undefined) return;
      this.#core.refillEmbedder(this.#handle, filled);
      this.#rest = undefined;
    });
    const rest: Rest = { isMissing, whole, stop, hasFailed: false };
    this.#rest = rest;
    const tell = (state: EarlyState) => {
      if (this.#handle === undefined) return; // A disposed embedder has nothing to tell.
      try {
        onEarly?.(state);
      } catch {
        // The caller's own error: no question fails for it.
      }
    };
    tell('loading');
    whole.then(
      () => tell('loaded'),
      () => {
        rest.hasFailed = true; // Every later question fails with the error.
        tell('failed');
      },
    );
  }

  /** Returns the known tokens of a text, cut to the embedder's limits. */
  #encode(text: string): { ids: number[]; truncated: boolean; wordShare?: number; gibberish?: true } {
    const { beginning, isCut } = beginningOf(text, MAX_TEXT_LENGTH);
    const known = this.#tokenizer.encode(beginning, { add_special_tokens: false }).ids.filter(this.#isKnown);
    const read = { ids: known.slice(0, MAX_TOKENS), truncated: isCut || known.length > MAX_TOKENS };
    if (this.#readsBytes) return read;
    const tokens = known.map((id: number) => this.#tokenizer.id_to_token(id) ?? '');
    const share = { ...read, wordShare: wordShareOf(beginning, tokens) };
    const isRandom =
      isGibberish(beginning, tokens) || isImprobable(tokens, this.#costs === undefined ? [] : known.map(this.#costs));
    return isRandom ? { ...share, gibberish: true } : share;
  }

  /**
   * Embeds texts. Errors: `disposed`, `aborted`, `invalid_argument` for a value that is not a string.
   *
   * @example
   * ```js
   * const [{ vector, tokens }] = await embedder.embed(['Prove that sqrt(2) is irrational']);
   * ```
   */
  async embed(texts: readonly string[], options: { signal?: AbortSignal | undefined } = {}): Promise<Embedding[]> {
    this.#open();
    checkOptions(options, { signal: aSignal });
    throwIfAborted(options.signal);
    aList(texts, 'the texts');
    for (const text of texts) {
      if (typeof text !== 'string') throw new SignalboxError('invalid_argument', `expected a text, got ${typeof text}`);
    }
    const encoded = texts.map((text) => this.#encode(text));
    const handle = await this.#ready(encoded, options.signal);
    const offsets = new Uint32Array(texts.length + 1);
    encoded.forEach(({ ids }, i) => {
      offsets[i + 1] = (offsets[i] ?? 0) + ids.length;
    });
    const ids = Uint32Array.from(encoded.flatMap(({ ids }) => ids));
    const { vectors, tokens } = this.#core.embed(handle, ids, offsets, this.dim);
    return encoded.map(({ ids: _, ...read }, i) => ({
      vector: vectors.slice(i * this.dim, (i + 1) * this.dim),
      tokens: tokens[i] ?? 0,
      ...read,
    }));
  }

  /** Waits for the rest of the table if a text needs it; returns the handle. */
  async #ready(texts: readonly { ids: number[] }[], signal: AbortSignal | undefined): Promise<number> {
    const rest = this.#rest;
    const isNeeded = rest !== undefined && (rest.hasFailed || texts.some(({ ids }) => ids.some(rest.isMissing)));
    try {
      if (isNeeded) await abortable(rest.whole, signal);
    } catch (cause) {
      this.#open(); // The end of an embedder ends the reading.
      throw cause;
    }
    return this.#open();
  }

  #open(): number {
    if (this.#handle === undefined) throw new SignalboxError('disposed', 'the embedder was disposed');
    return this.#handle;
  }

  dispose(): void {
    if (this.#handle === undefined) return;
    disposed(this);
    this.#rest?.stop();
    this.#core.close(this.#handle);
    this.#handle = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
