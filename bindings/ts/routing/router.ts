/** The router: an index, an embedder and the core, behind prompts. */

import { detailsIn } from '../embedding/embedder-details.js';
import { DEFAULT_EMBEDDER_ID, StaticEmbedder } from '../embedding/static-embedder.js';
import { SignalboxError, throwIfAborted } from '../errors.js';
import type {
  Decision,
  Embedder,
  Embedding,
  EmbedOptions,
  IndexInfo,
  LoadOptions,
  RouteOptions,
  RouteTaskOptions,
  Samples,
  SamplesOptions,
  TaskDecision,
  Vectors,
} from '../types.js';
import { type Core, loadCore } from '../wasm/core-module.js';
import { exactJson } from '../wasm/exact-json.js';
import { type CascadeMove, type CascadeOptions, type CascadePlan, nextStep, type Verdict } from './cascade.js';
import { checkPrompts, isEmbedder, Prompts, readOf } from './prompts.js';
import { samplesIn } from './samples.js';

/** Of what was given as a vector. */
const UNREAD = { tokens: null, truncated: false };

const DEFAULT_INDEX = new URL('../models/index/index.sbx', import.meta.url);

function candidateLists(candidates: RouteOptions['candidates']): {
  allow?: readonly string[];
  deny?: readonly string[];
} {
  if (candidates === undefined) return {};
  if (Array.isArray(candidates)) return { allow: candidates };
  if (typeof candidates !== 'object' || candidates === null) {
    const got = candidates === null ? 'null' : typeof candidates;
    throw new SignalboxError('invalid_argument', `candidates is ${got}, expected a list of names or { allow, deny }`);
  }
  const stray = Object.keys(candidates).find((key) => key !== 'allow' && key !== 'deny');
  if (stray !== undefined) {
    throw new SignalboxError('invalid_argument', `candidates: '${stray}' is not known, expected allow or deny`);
  }
  return candidates as { allow?: readonly string[]; deny?: readonly string[] };
}

function optionsJson(options: RouteTaskOptions | CascadeOptions): string {
  const { signal: _signal, onProgress: _onProgress, candidates, ...rest } = options as RouteTaskOptions;
  // The core's own name for one of the two lists below: no option of a caller.
  if ('deny' in rest) {
    throw new SignalboxError('invalid_argument', "options: 'deny' is not known, expected candidates: { deny }");
  }
  const { allow, deny } = candidateLists(candidates);
  return exactJson({ ...rest, candidates: allow, deny });
}

/** Vectors of any accepted shape as one matrix [count, dim]. */
function flatten(vectors: Vectors, dim: number): Float32Array {
  if (vectors instanceof Float32Array) return vectors;
  if (!Array.isArray(vectors)) {
    throw new SignalboxError('invalid_argument', 'expected a Float32Array [n * dim] or a list of vectors');
  }
  const flat = new Float32Array(vectors.length * dim);
  for (let i = 0; i < vectors.length; ++i) {
    const vector: ArrayLike<number> | undefined = vectors[i];
    if (typeof vector !== 'object' || vector === null || vector.length !== dim) {
      const got = vector?.length ?? typeof vector;
      throw new SignalboxError('dimension_mismatch', `vector ${i} has ${got} dimensions, the index needs ${dim}`);
    }
    flat.set(vector, i * dim);
  }
  return flat;
}

/** What the index holds; of its embedder also what its metadata says. */
function describe(core: Core, handle: number): IndexInfo {
  const info = core.describeIndex(handle);
  const details = detailsIn(info.metadata);
  return details === undefined ? info : { ...info, embedder: { ...info.embedder, details } };
}

/**
 * Picks, for a prompt or a whole task, the model that benchmark results predict to be right.
 *
 * Everything happens on this machine: after `load` there is no request, and no prompt leaves it.
 */
export class Router {
  /** What the index holds. */
  readonly info: IndexInfo;
  readonly #core: Core;
  readonly #prompts: Prompts;
  /** Whose answer it is. */
  readonly #by: { embedder: string };
  /** Only one that `load` opened. */
  readonly #ownEmbedder: Embedder | undefined;
  #handle: number | undefined;

  private constructor(
    core: Core,
    handle: number,
    info: IndexInfo,
    prompts: Prompts,
    ownEmbedder: Embedder | undefined,
  ) {
    this.#core = core;
    this.#handle = handle;
    this.info = info;
    this.#prompts = prompts;
    this.#by = { embedder: info.embedder.id };
    this.#ownEmbedder = ownEmbedder;
  }

  /**
   * Loads the shipped index and embedder, or those of the options. An index of another embedder than the shipped one,
   * given without its embedder, routes vectors only.
   * Errors: `network`, `aborted`, `bad_wasm`, `out_of_memory`; `bad_magic`, `unsupported_version`, `truncated`,
   * `bad_section`, `size_overflow`, `non_finite`, `bad_checksum`, `bad_metadata` for the index; `bad_embedder` and
   * `embedder_mismatch` for the embedder. What was opened before a failure is closed again.
   */
  static async load(options: LoadOptions = {}): Promise<Router> {
    const { signal, onProgress, cache } = options;
    const reading = { signal, onProgress, cache };
    throwIfAborted(signal);
    const starting = loadCore(options.wasm, reading);
    const opening = starting.then((started) => started.openIndex(options.index ?? DEFAULT_INDEX, reading));
    // The default embedder is fetched beside everything else; any other waits for the index to say which one it needs.
    const early = options.index === undefined && options.embedder === undefined;
    const loading = early ? StaticEmbedder.loadInto(starting, undefined, reading) : undefined;
    const [opened, loaded] = await Promise.allSettled([opening, loading]);
    const core = await starting;
    let embedder: Embedder | undefined = loaded.status === 'fulfilled' ? loaded.value : undefined;
    let owns = embedder !== undefined;
    try {
      if (opened.status === 'rejected') throw opened.reason;
      if (loaded.status === 'rejected') throw loaded.reason;
      const info = describe(core, opened.value);
      if (isEmbedder(options.embedder)) {
        embedder = options.embedder;
      } else if (typeof options.embedder === 'function') {
        embedder = await options.embedder();
        owns = true;
      } else if (options.embedder ?? (options.embedder !== null && info.embedder.id === DEFAULT_EMBEDDER_ID)) {
        embedder ??= await StaticEmbedder.loadInto(core, options.embedder ?? undefined, reading);
        owns = true;
      }
      const prompts = new Prompts(embedder, info);
      throwIfAborted(signal);
      onProgress?.({ status: 'ready' });
      return new Router(core, opened.value, info, prompts, owns ? embedder : undefined);
    } catch (error) {
      if (opened.status === 'fulfilled') core.close(opened.value);
      if (owns) embedder?.dispose?.();
      throw error;
    }
  }

  /**
   * The model for one prompt. A prompt without a known word, an empty one included, gets the best model on average and
   * says so; a long one is judged by its beginning.
   * Errors: `disposed`, `aborted`, `invalid_argument`, `unknown_model`, `no_candidate`, `embedder_mismatch`.
   */
  async route(prompt: string, options: RouteOptions = {}): Promise<Decision> {
    this.#open();
    const json = optionsJson(options);
    const { vector, ...read } = await this.#prompts.embedOne(prompt, options.signal);
    return {
      ...this.#core.route<Decision>(this.#open(), flatten([vector], this.info.dim), json),
      ...read,
      ...this.#by,
    };
  }

  /** The model for all prompts of a task together. Errors: those of `route`. */
  async routeTask(prompts: readonly string[], options: RouteTaskOptions = {}): Promise<TaskDecision> {
    this.#open();
    const json = optionsJson(options);
    checkPrompts(prompts);
    const embeddings = await this.#prompts.embed(prompts, options);
    const vectors = flatten(
      embeddings.map(({ vector }) => vector),
      this.info.dim,
    );
    const decision = this.#core.routeTask<TaskDecision>(this.#open(), vectors, prompts.length, json);
    return { ...decision, ...readOf(embeddings), ...this.#by };
  }

  /**
   * The vectors on which `route` and `routeTask` decide, of the index's dimensions: embedded once, prompts can be routed
   * many times by `routeVector` and `routeVectors`, with other policies, prices or labels.
   * Errors: `disposed`, `aborted`, `invalid_argument` for no prompt, `embedder_mismatch`, and those of the embedder.
   */
  async embed(prompts: readonly string[], options: EmbedOptions = {}): Promise<Embedding[]> {
    this.#open();
    checkPrompts(prompts);
    return this.#prompts.embed(prompts, options);
  }

  /** Like `route`, for a vector of the index's embedder; a vector of zeros stands for "no known word". */
  async routeVector(vector: ArrayLike<number>, options: RouteOptions = {}): Promise<Decision> {
    const handle = this.#open();
    throwIfAborted(options.signal);
    const flat = flatten([vector], this.info.dim);
    return { ...this.#core.route<Decision>(handle, flat, optionsJson(options)), ...UNREAD, ...this.#by };
  }

  /** Like `routeTask`, for vectors: one matrix [n * dim], row by row, or a list of vectors. */
  async routeVectors(vectors: Vectors, options: RouteTaskOptions = {}): Promise<TaskDecision> {
    const handle = this.#open();
    throwIfAborted(options.signal);
    const { dim } = this.info;
    const flat = flatten(vectors, dim);
    if (flat.length === 0 || flat.length % dim !== 0) {
      throw new SignalboxError('dimension_mismatch', `got ${flat.length} values, the index needs vectors of ${dim}`);
    }
    const count = flat.length / dim;
    const decision = this.#core.routeTask<TaskDecision>(handle, flat, count, optionsJson(options));
    return { ...decision, ...UNREAD, ...this.#by };
  }

  /**
   * Models to ask for one prompt, one after the other, cheap ones first: how likely each is to be right where those
   * before it were wrong, and when to stop. Models without a price are left out.
   * Errors: those of `route`; `no_candidate` where no model has a price within the limit.
   */
  async cascade(prompt: string, options: CascadeOptions = {}): Promise<CascadePlan> {
    this.#open();
    const json = optionsJson(options);
    const { vector, ...read } = await this.#prompts.embedOne(prompt, options.signal);
    return { ...this.#core.cascade<CascadePlan>(this.#open(), flatten([vector], this.info.dim), json), ...read };
  }

  /** Like `cascade`, for a vector; see `routeVector`. */
  async cascadeVector(vector: ArrayLike<number>, options: CascadeOptions = {}): Promise<CascadePlan> {
    const handle = this.#open();
    throwIfAborted(options.signal);
    const flat = flatten([vector], this.info.dim);
    return { ...this.#core.cascade<CascadePlan>(handle, flat, optionsJson(options)), ...UNREAD };
  }

  /**
   * What to do after the answer to a plan's next step was judged: ask another model, or stop and keep the best answer.
   * A plan starts with its first step. This is arithmetic on the plan, which may have been saved and loaded meanwhile.
   * Errors: `invalid_argument` for what is no plan, or no verdict, or where every step was judged already.
   */
  next(plan: CascadePlan, verdict: Verdict): CascadeMove {
    return nextStep(plan, verdict);
  }

  /**
   * What the index holds of its samples: the task and the outcomes of each, its id, its place on a map of the benchmark.
   * Errors: `disposed`, `aborted`, `invalid_argument`.
   */
  async samples(options: SamplesOptions = {}): Promise<Samples> {
    const handle = this.#open();
    throwIfAborted(options.signal);
    return this.#core.readFile(handle, (file) => samplesIn(file, this.info, options));
  }

  /** Closes the index, and the embedder where `load` opened it. Calling it again does nothing. */
  dispose(): void {
    if (this.#handle === undefined) return;
    this.#core.close(this.#handle);
    this.#handle = undefined;
    this.#ownEmbedder?.dispose?.();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #open(): number {
    if (this.#handle === undefined) throw new SignalboxError('disposed', 'the router was disposed');
    return this.#handle;
  }
}
