/** The router of this thread: an index, an embedder and the core. */

import { disposed, onBehalfOf, whenAbandoned } from '../abandoned.js';
import { indexAddress, within } from '../assets.js';
import { DEFAULT_EMBEDDER_ID, StaticEmbedder } from '../embedding/static-embedder.js';
import { SignalboxError, throwIfAborted } from '../errors.js';
import { LOAD_KEYS } from '../files/load-options.js';
import { OverallProgress } from '../files/overall-progress.js';
import { EMBEDDER_BYTES, INDEX_BYTES } from '../files/shipped-sizes.mjs';
import { aCount, aSeed, checkOptions, invalid } from '../options.js';
import { turn } from '../steps.js';
import type {
  CascadeMove,
  CascadeOptions,
  CascadePlan,
  Decision,
  Embedder,
  Embedding,
  EmbedOptions,
  IndexInfo,
  LoadOptions,
  Needs,
  NextLabels,
  NextLabelsOptions,
  RouteInput,
  RouteInputs,
  RouteManyOptions,
  RouteOptions,
  RouteTaskOptions,
  Routing,
  Samples,
  SamplesOptions,
  TaskDecision,
  TextsOptions,
  Verdict,
} from '../types.js';
import { Core, loadCore } from '../wasm/core-module.js';
import type { OfCore } from '../wasm/decision-numbers.js';
import { WASM_FILE } from '../wasm/signalbox-hash.mjs';
import { answerGroups } from './answers.js';
import { checkBudget, decideWithin } from './budgets.js';
import { nextStep } from './cascade.js';
import { describe } from './description.js';
import { explained } from './explained.js';
import {
  checkNotEmpty,
  checkPrompts,
  Inputs,
  isEmbedder,
  makeEmbedder,
  type Read,
  type ReadInput,
  readOf,
} from './inputs.js';
import { matrixOf } from './matrix.js';
import { multilingualReader } from './multilingual-reader.js';
import { nextLabelsOf } from './next-labels.js';
import {
  CASCADE_KEYS,
  EMBED_KEYS,
  NEXT_LABELS_KEYS,
  ROUTE_KEYS,
  ROUTE_MANY_KEYS,
  ROUTE_TASK_KEYS,
  SAMPLES_KEYS,
} from './option-keys.js';
import { meanPromptTokens } from './prompt-tokens.js';
import {
  namesOf,
  needsOf,
  needsOfAll,
  requestJson,
  requestOf,
  requestsOf,
  withChance,
  withDecided,
  withNumber,
} from './request.js';
import { samplesIn } from './samples.js';
import { stayOrSwitch, withConversation } from './staying.js';
import { Texts, textsBeside } from './texts.js';
import { fallbackReasonOf } from './unread.js';

const INDEX_FILE = 'models/index/index.sbx';
const EMBEDDER_FILE = 'models/embedder/embedder.bin';

/** Decisions of `routeMany` made at a time, and inputs of a task scored at a time; both fewer for a large index. */
const BLOCK = 64;
const TASK_BLOCK = 256;
/** Products of two numbers per block: some tens of milliseconds, after which aborts and other calls get a turn. */
const BLOCK_WORK = 2e8;

/**
 * Picks, for a prompt or a whole task, the model that benchmark results predict to be right.
 *
 * Everything happens on this machine: after `load` no request is made, and no prompt leaves it.
 *
 * @example
 * ```js
 * const router = await Router.load();
 * const { model, reason, confidence } = await router.route('Prove that sqrt(2) is irrational');
 * router.dispose();
 * ```
 */
export class Router implements Routing {
  readonly info: IndexInfo;
  readonly #core: Core;
  readonly #inputs: Inputs;
  readonly #texts: Texts;
  /** The embedders that this router owns. */
  readonly #ownEmbedders: readonly Embedder[];
  #handle: number | undefined;

  private constructor(
    core: Core,
    handle: number,
    info: IndexInfo,
    inputs: Inputs,
    ownEmbedders: readonly Embedder[],
    texts: LoadOptions['texts'],
  ) {
    this.#core = core;
    this.#handle = handle;
    this.info = info;
    this.#inputs = inputs;
    this.#ownEmbedders = ownEmbedders;
    this.#texts = new Texts((read) => core.readFile(handle, read), info, texts || undefined);
    whenAbandoned(this, () => {
      core.close(handle);
      for (const embedder of ownEmbedders) embedder.dispose?.();
    });
  }

  /**
   * Loads the shipped index and embedder, or those of the options. An index built with an embedder other than the shipped one,
   * loaded without that embedder, routes vectors only.
   * Errors: `network`, `aborted`, `bad_wasm`, `out_of_memory`; `bad_magic`, `unsupported_version`, `truncated`,
   * `bad_section`, `size_overflow`, `non_finite`, `bad_checksum`, `bad_metadata` for the index; `bad_embedder` and
   * `embedder_mismatch` for the embedder; `invalid_argument` for `multilingual` if there is to be no embedder. A failed load leaves
   * nothing open.
   *
   * @example
   * ```js
   * const router = await Router.load({ index: 'mine.sbx' });
   * show(router.info.models.map(({ name }) => name));
   * router.dispose();
   * ```
   */
  static async load(options: LoadOptions = {}): Promise<Router> {
    checkOptions(options, LOAD_KEYS);
    if (options.embedder === null && options.multilingual !== undefined) {
      throw invalid('multilingual is given, but the embedder is null: it reads the prompts in English');
    }
    const { signal, cache, early, onEarly } = options;
    const progress = new OverallProgress(options.onProgress);
    const reading = (sizeBytes?: number) => ({ signal, cache, sizeBytes, onProgress: progress.part(sizeBytes) });
    throwIfAborted(signal);
    const { assets } = options;
    const owned = (name: string) => (assets === undefined ? undefined : within(assets, name));
    const wasmBytes = options.wasm === undefined ? WASM_FILE.sizeBytes : undefined;
    const starting = loadCore(options.wasm ?? owned('signalbox.wasm'), reading(wasmBytes));
    const index = options.index ?? owned(INDEX_FILE);
    const readingIndex = reading(options.index === undefined ? INDEX_BYTES : undefined);
    const openingIndex = async () => Core.openIndexIn(starting, index ?? indexAddress(), readingIndex);
    const opening = openingIndex();
    // A given embedder and the default one are fetched along with the rest; otherwise the index has to name the one it needs.
    const isDefault = options.index === undefined && options.embedder === undefined;
    const asked = options.embedder;
    const given = asked == null || isEmbedder(asked) || typeof asked === 'function' ? undefined : asked;
    const readingEmbedder = reading(isDefault ? EMBEDDER_BYTES : undefined);
    const loading =
      isDefault || given !== undefined
        ? StaticEmbedder.loadInto(starting, given ?? owned(EMBEDDER_FILE), { ...readingEmbedder, early, onEarly })
        : undefined;
    const [opened, loaded] = await Promise.allSettled([opening, loading]);
    const core = await starting;
    let embedder: Embedder | undefined = loaded.status === 'fulfilled' ? loaded.value : undefined;
    let owns = embedder !== undefined;
    try {
      if (opened.status === 'rejected') throw opened.reason;
      if (loaded.status === 'rejected') throw loaded.reason;
      const info = describe(core, opened.value);
      if (options.search === 'fast') core.sketchIndex(opened.value);
      if (isEmbedder(options.embedder)) {
        embedder = options.embedder;
      } else if (typeof options.embedder === 'function') {
        embedder = await makeEmbedder(options.embedder, signal);
        owns = true;
      } else if (options.embedder !== null && (embedder ?? info.embedder.id === DEFAULT_EMBEDDER_ID)) {
        embedder ??= await StaticEmbedder.loadInto(core, owned(EMBEDDER_FILE), { ...readingEmbedder, early, onEarly });
        owns = true;
      }
      const reader = multilingualReader(embedder, options, core);
      const inputs = new Inputs(reader ?? embedder, info);
      const beside = () => owned('models/index/texts/') ?? textsBeside(indexAddress());
      const texts = options.texts ?? (options.index === undefined ? beside() : false);
      progress.end();
      throwIfAborted(signal);
      options.onProgress?.({ status: 'ready' });
      const own = [reader, owns ? embedder : undefined].filter((item) => item !== undefined);
      return new Router(core, opened.value, info, inputs, own, texts);
    } catch (error) {
      if (opened.status === 'fulfilled') core.close(opened.value);
      if (owns) embedder?.dispose?.();
      throw error;
    }
  }

  resolve(name: string): string | null {
    return typeof name === 'string' ? namesOf(this.info).resolve(name) : null;
  }

  async route(input: RouteInput, options: RouteOptions = {}): Promise<Decision> {
    this.#open();
    const requestFor = requestsOf(withChance(options), ROUTE_KEYS, this.info);
    const read = await this.#inputs.read(input, options.signal);
    throwIfAborted(options.signal);
    const json = requestFor(needsOf(read));
    const { conversation } = options;
    if (conversation == null) return this.#decide(read, json, options);
    const { model, outcome } = stayOrSwitch(this.#ranked(read, json), conversation, read, options, this.info);
    return withConversation(this.#decide(read, withDecided(json, model), options), outcome);
  }

  async routeMany(inputs: RouteInputs, options: RouteManyOptions = {}): Promise<Decision[]> {
    this.#open();
    const requestFor = requestsOf(withChance(options), ROUTE_MANY_KEYS, this.info);
    const decisions: Decision[] = [];
    if (options.budgetUsd != null) {
      for await (const decision of this.routeWithin(inputs, options, options.budgetUsd)) decisions.push(decision);
      return decisions;
    }
    const { signal, onProgress } = options;
    const { count, blocks } = this.#inputs.inBlocks(inputs, signal);
    const most = this.#most(BLOCK);
    for await (const block of blocks) {
      for (const input of block) {
        decisions.push(this.#decide(input, requestFor(needsOf(input)), options));
        if (decisions.length % most !== 0 && decisions.length < count) continue;
        onProgress?.({ done: decisions.length, total: count });
        if (count > most) await turn();
        throwIfAborted(signal);
      }
    }
    return decisions;
  }

  /** @internal Yields the decisions of `routeMany` within a budget, and keeps none of them. */
  routeWithin(inputs: RouteInputs, options: RouteManyOptions, budgetUsd: number): AsyncGenerator<Decision> {
    checkBudget(options);
    const requestFor = requestsOf(withChance({ ...options, prefer: 'best' }), ROUTE_MANY_KEYS, this.info);
    return decideWithin(this.#inputs.inBlocks(inputs, options.signal), budgetUsd, {
      ...options,
      most: this.#most(BLOCK),
      rank: (read) => this.#ranked(read, requestFor(needsOf(read))),
      decide: (read, model) => this.#decide(read, withDecided(requestFor(needsOf(read)), model), options),
    });
  }

  async routeTask(inputs: RouteInputs, options: RouteTaskOptions = {}): Promise<TaskDecision> {
    this.#open();
    const requestFor = requestsOf(withChance(options), ROUTE_TASK_KEYS, this.info);
    const { signal, onProgress, answers } = options;
    checkNotEmpty(inputs);
    const { count, given, blocks } = this.#inputs.inBlocks(inputs, signal);
    const needs = needsOfAll(given);
    const json = withNumber(requestFor(needs), 'promptTokens', meanPromptTokens(given));
    const groups = answers == null ? undefined : answerGroups(answers, count, this.info);
    const task = this.#core.openTask(this.#open(), count, json);
    try {
      if (groups !== undefined) task.setAnswers(groups, count);
      const most = this.#most(TASK_BLOCK);
      const extents: Read[] = [];
      let scored = 0;
      for await (const block of blocks) {
        this.#open();
        task.add(matrixOf(block, this.info.dim, extents.length), block.length);
        for (const { vector: _, ...extent } of block) extents.push(extent);
        // Inputs wait for the last labelled one, whose outcomes count for all.
        for (let ready = scored + 1; scored < ready; ) {
          ({ scored, ready } = task.score(most));
          onProgress?.({ done: Math.floor((extents.length + scored) / 2), total: count });
          if (count > most) await turn();
          throwIfAborted(signal);
          this.#open();
        }
      }
      const read = readOf(extents);
      return this.#explained(task.finish(read.distanceScale), read, options, needs);
    } finally {
      task.close();
    }
  }

  async nextLabels(n: number, options: NextLabelsOptions): Promise<NextLabels> {
    this.#open();
    checkOptions(options, NEXT_LABELS_KEYS);
    aCount(n, 'n');
    const { prompts, answers, labels, candidates, seed, signal, onProgress } = options;
    checkNotEmpty(prompts);
    aSeed(seed ?? 0, 'seed');
    const request: RouteTaskOptions = { policy: 'signalbox', labels: labels ?? [] };
    if (candidates !== undefined) request.candidates = candidates;
    const json = requestJson(request, ROUTE_TASK_KEYS, this.info);
    const { count, blocks } = this.#inputs.inBlocks(prompts, signal);
    const groups = answers == null ? undefined : answerGroups(answers, count, this.info);
    const task = this.#core.openTask(this.#open(), count, json);
    try {
      if (groups !== undefined) task.setAnswers(groups, count);
      let done = 0;
      for await (const block of blocks) {
        this.#open();
        task.add(matrixOf(block, this.info.dim, done), block.length);
        done += block.length;
        onProgress?.({ done, total: count });
        if (done < count) await turn();
        throwIfAborted(signal);
      }
      this.#open();
      return nextLabelsOf(task.nextLabels(n, seed ?? 1), groups !== undefined);
    } finally {
      task.close();
    }
  }

  async embed(prompts: readonly string[], options: EmbedOptions = {}): Promise<Embedding[]> {
    this.#open();
    checkOptions(options, EMBED_KEYS);
    checkPrompts(prompts);
    return onBehalfOf(this, this.#inputs.embed(prompts, options));
  }

  async cascade(input: RouteInput, options: CascadeOptions = {}): Promise<CascadePlan> {
    this.#open();
    const requestFor = requestsOf(options, CASCADE_KEYS, this.info);
    const read = await this.#inputs.read(input, options.signal);
    const { tokens, truncated, unread, distanceScale } = read;
    const request = withNumber(requestFor(needsOf(read)), 'distanceScale', distanceScale);
    const plan = this.#core.cascade<CascadePlan>(this.#open(), matrixOf([read], this.info.dim), request);
    return { ...plan, fallbackReason: fallbackReasonOf(plan.fallbackReason, unread), tokens, truncated };
  }

  next(plan: CascadePlan, verdict: Verdict): CascadeMove {
    return nextStep(plan, verdict);
  }

  async samples(options: SamplesOptions = {}): Promise<Samples> {
    const handle = this.#open();
    checkOptions(options, SAMPLES_KEYS);
    throwIfAborted(options.signal);
    return this.#core.readFile(handle, (file) => samplesIn(file, this.info, options));
  }

  async texts(rows: readonly number[], options: TextsOptions = {}): Promise<(string | null)[]> {
    this.#open();
    return onBehalfOf(this, this.#texts.of(rows, options));
  }

  dispose(): void {
    if (this.#handle === undefined) return;
    disposed(this);
    this.#core.close(this.#handle);
    this.#handle = undefined;
    this.#inputs.dispose();
    for (const embedder of this.#ownEmbedders) embedder.dispose?.();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #decide(read: ReadInput, json: string, options: RouteOptions): Decision {
    return this.#explained(this.#ranked(read, json), read, options, needsOf(read));
  }

  /** Decides without the words of a decision. */
  #ranked(read: ReadInput, json: string): OfCore<Decision> {
    return this.#core.route(this.#open(), matrixOf([read], this.info.dim), ...requestOf(json, read));
  }

  #explained<D extends Decision | TaskDecision>(
    ofCore: OfCore<D>,
    read: Read,
    options: RouteTaskOptions,
    implied: Needs,
  ): D {
    return explained(ofCore, { read, options, implied, info: this.info, textsOf: (rows) => this.#texts.inFile(rows) });
  }

  /** Returns how many inputs to take at a time, at most `block`. */
  #most(block: number): number {
    return Math.max(1, Math.min(block, Math.floor(BLOCK_WORK / (this.info.rows * this.info.dim))));
  }

  #open(): number {
    if (this.#handle === undefined) throw new SignalboxError('disposed', 'the router was disposed');
    return this.#handle;
  }
}
