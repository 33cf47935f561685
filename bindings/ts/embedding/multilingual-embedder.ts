/** Reads texts in English with the index's embedder, and others with a table of languages, which is loaded on demand. */
import { abortable, type ErrorCode, SignalboxError, throwIfAborted } from '../errors.js';
import type { Embedder, EmbedderDetails, Embedding, MultilingualState } from '../types.js';
import { languagesOf } from './languages.js';

/** Milliseconds after a failed load before the next one. */
const RETRY_MS = 30_000;

/** Facts for the load of a table. */
export interface TableLoad {
  /** Aborted when the table is not needed any more. */
  signal: AbortSignal;
  /** `true` if the files of the last load were damaged: the browser's HTTP cache may hold them, and must be passed by. */
  isDamaged: boolean;
}

export type LoadTable = (load: TableLoad) => Promise<Embedder>;
/** Hears when a load begins and how it ends. */
export type OnState = (state: MultilingualState) => void;

interface Failure {
  code: ErrorCode;
  message: string;
}

function failureOf(cause: unknown): Failure {
  if (cause instanceof SignalboxError) return { code: cause.code, message: cause.message };
  return { code: 'internal', message: String((cause as Error | undefined)?.message ?? cause) };
}

/** A table that is loaded once, when it is first asked for. */
class LazyTable {
  readonly #load: LoadTable;
  readonly #space: Embedder;
  readonly #onState: OnState;
  readonly #ended = new AbortController();
  #loading: Promise<Embedder> | undefined;
  #table: Embedder | undefined;
  #failure: (Failure & { at: number }) | undefined;

  constructor(load: LoadTable, space: Embedder, onState: OnState) {
    this.#load = load;
    this.#space = space;
    this.#onState = onState;
  }

  /** Returns the table, or why it cannot be had. Does not reject. */
  async get(): Promise<Embedder | Failure> {
    if (this.#table !== undefined) return this.#table;
    if (this.#failure !== undefined && Date.now() - this.#failure.at < RETRY_MS) return this.#failure;
    this.#loading ??= this.#start();
    try {
      return await this.#loading;
    } catch (cause) {
      return failureOf(cause);
    }
  }

  dispose(): void {
    this.#ended.abort();
    this.#table?.dispose?.();
    this.#table = undefined;
  }

  async #start(): Promise<Embedder> {
    const { signal } = this.#ended;
    const isDamaged = this.#failure?.code === 'bad_checksum' || this.#failure?.code === 'bad_embedder';
    try {
      throwIfAborted(signal);
      this.#onState('loading');
      const table = await this.#load({ signal, isDamaged });
      try {
        throwIfAborted(signal);
        this.#check(table);
      } catch (cause) {
        table.dispose?.();
        throw cause;
      }
      this.#table = table;
      this.#failure = undefined;
      this.#onState('loaded');
      return table;
    } catch (cause) {
      this.#failure = { ...failureOf(cause), at: Date.now() };
      this.#onState('failed');
      throw cause;
    } finally {
      this.#loading = undefined;
    }
  }

  /** Errors: `embedder_mismatch`. */
  #check({ id, dim, languages }: Embedder): void {
    const { id: space, dim: expected } = this.#space;
    if (languages?.space !== space) {
      const got =
        languages === undefined ? `is not a table of other languages` : `lies in the space of '${languages.space}'`;
      throw new SignalboxError('embedder_mismatch', `'${id}' ${got}, expected that of '${space}'`);
    }
    if (dim !== expected) {
      throw new SignalboxError('embedder_mismatch', `'${id}' has ${dim} dimensions, '${space}' has ${expected}`);
    }
  }
}

/** Two embedders of one space. To an index it is the one for English. */
export class MultilingualEmbedder implements Embedder {
  readonly id: string;
  readonly hash: string | undefined;
  readonly dim: number;
  readonly details: EmbedderDetails | undefined;
  readonly #english: Embedder;
  readonly #table: LazyTable;

  /** `english` stays its owner's. */
  constructor(english: Embedder, load: LoadTable, onState: OnState = () => undefined) {
    this.id = english.id;
    this.hash = english.hash;
    this.dim = english.dim;
    this.details = english.details;
    this.#english = english;
    this.#table = new LazyTable(load, english, onState);
  }

  /** Embeds texts. Errors: those of the embedder for English, and of a loaded table; `aborted`. */
  async embed(texts: readonly string[], { signal }: { signal?: AbortSignal | undefined } = {}): Promise<Embedding[]> {
    // A page may fail to load the rule; every text then counts as English.
    const languages = await languagesOf(texts).catch((): (string | undefined)[] => []);
    const isOther = (i: number) => languages[i] !== undefined;
    const others = [...texts.keys()].filter(isOther);
    if (others.length === 0) return this.#english.embed(texts, { signal });
    const table = await abortable(this.#table.get(), signal);
    if (!('embed' in table)) {
      const { code, message } = table;
      const embeddings = await this.#english.embed(texts, { signal });
      return embeddings.map((read, i) => (isOther(i) ? { ...read, multilingualError: { code, message } } : read));
    }
    const english = [...texts.keys()].filter((i) => !isOther(i));
    const textsAt = (places: readonly number[]) => places.map((i) => texts[i] as string);
    const [read, inEnglish] = await Promise.all([
      table.embed(textsAt(others), { signal }),
      english.length === 0 ? [] : this.#english.embed(textsAt(english), { signal }),
    ]);
    const { unread = [], distanceScale } = table.languages ?? {};
    const out: Embedding[] = [];
    for (const [j, i] of english.entries()) out[i] = inEnglish[j] as Embedding;
    for (const [j, i] of others.entries()) {
      const language = languages[i] as string;
      const isUnread = unread.includes(language);
      out[i] = { ...(read[j] as Embedding), language, distanceScale, ...(isUnread ? { wordShare: 0 } : {}) };
    }
    return out;
  }

  /** Disposes of the table, also of one that is still loading. */
  dispose(): void {
    this.#table.dispose();
  }
}
