/** The state of the page as signals: components read them, the functions here change them. */
import { batch, computed, effect, signal } from '@preact/signals';
import type {
  Decision,
  EmbedderSource,
  IndexInfo,
  LoadOptions,
  ProgressEvent,
  RouteOptions,
  Routing,
  Staged,
} from 'signalbox';
import { SignalboxError } from 'signalbox';
import { type Card, cardOf } from '../shared/card.js';
import { RouterHolder } from '../shared/restarting-router.js';
import { DEFAULT_SETTINGS, routeOptionsOf, type Settings } from '../shared/settings.js';
import { takeEarly } from './early.js';
import { remember, rememberedId } from './kept/remembered.js';
import { explained } from './offline/version.js';
import { SAMPLES } from './samples.js';
import { keepPrompt, keepSettings, keptPrompt, keptSettings } from './session.js';

/** Name of the folder with the texts of the shipped benchmark, inserted by the build. */
declare const TEXTS_FOLDER: string;
const TEXTS = new URL(TEXTS_FOLDER, document.baseURI);

/** The cards of the samples at the first position of the dial, which the build asked the router for. */
declare const CARDS_AHEAD: Readonly<Record<string, Card>>;
/** Once, since the build puts the value wherever the name stands. */
const AHEAD = CARDS_AHEAD;

/** Bytes that the shipped router loads: its files and the module. */
declare const LOAD_BYTES: number;

/** Length of a pause in typing. */
const PAUSE_MS = 100;

/** The benchmark that the page routes with; without bytes and id, the shipped one. */
export interface Benchmark {
  name: string;
  index?: Uint8Array<ArrayBuffer>;
  /** Its id if it is kept in this browser. Its bytes are read from there if `index` is missing. */
  kept?: string;
}
export const SHIPPED: Benchmark = { name: 'the shipped benchmark' };

/** Returns the benchmark of the last visit if the user kept it, otherwise the shipped one. */
function firstBenchmark(): Benchmark {
  const kept = rememberedId();
  return kept === undefined ? SHIPPED : { name: 'a kept benchmark', kept };
}

export type Status =
  /** There is no progress at first; `total` is 0 if it is not known. */
  | { kind: 'loading'; progress?: { loaded: number; total: number } }
  | { kind: 'ready' }
  /** `error` is the last failure; earlier answers are no longer shown. */
  | { kind: 'failed'; error: unknown };

/** A decision and its prompt. */
export interface Answer {
  prompt: string;
  decision: Decision;
  /** Time of the page's own embedder, which answers first. */
  elapsedMs: number;
  reading: Reading;
}

/** The embedder that read the prompt: the page's own, possibly with a larger one about to refine it, or that one. */
export type Reading =
  | { kind: 'own' }
  | { kind: 'refining'; by: string }
  /** `first` is the pick of the page's own embedder. */
  | { kind: 'refined'; by: string; first: string; elapsedMs: number }
  /** `error` is `undefined` if the larger embedder has no index of this benchmark. */
  | { kind: 'not refined'; by: string; error: unknown };

/** A larger embedder that refines answers. */
export interface Refinement {
  name: string;
  /** Routes with `first` and then again; `undefined` for another benchmark. `onFailed` takes the reason why only `first` answered. */
  route(
    first: Routing,
    prompt: string,
    options: RouteOptions,
    onFailed: (error: unknown) => void,
  ): AsyncIterable<Staged<Decision>> | undefined;
}

export const prompt = signal<string>(keptPrompt() ?? SAMPLES[0]?.prompt ?? '');
export const settings = signal<Settings>(keptSettings());
export const benchmark = signal<Benchmark>(firstBenchmark());
/** The benchmark that could not be used, which made the page go back to the shipped one. */
export const refused = signal<{ benchmark: Benchmark; error: unknown } | undefined>(undefined);
export const info = signal<IndexInfo | undefined>(undefined);
const STARTING: Status = { kind: 'loading' };
export const status = signal<Status>(STARTING);
export const answer = signal<Answer | undefined>(undefined);
/** Set by the section of larger embedders once one is loaded. */
export const refinement = signal<Refinement | undefined>(undefined);
/** Whether the prompt has changed since the answer. */
export const isStale = computed(() => answer.value !== undefined && answer.value.prompt !== prompt.value);

const records = computed(() => new Map(info.value?.models.map(({ name, record }) => [name, record])));

/** Returns what the index tells about a model beside its results. */
export const recordOf = (model: string) => records.value.get(model);

/** The card to show; `isAhead` until the router itself has decided. */
export const shown = computed((): { card: Card; isAhead: boolean } | undefined => {
  const decision = answer.value?.decision;
  if (decision !== undefined) return { card: cardOf(decision, recordOf), isAhead: false };
  const isUsual = benchmark.value === SHIPPED && settings.value === DEFAULT_SETTINGS;
  if (!isUsual || status.value.kind !== 'loading' || !Object.hasOwn(AHEAD, prompt.value)) return undefined;
  const card = AHEAD[prompt.value];
  return card && { card, isAhead: true };
});

/** Time that a load takes before its progress is shown. Each frame of it takes processor time from the load. */
const LONG_MS = 1000;

let progress = { loaded: 0, total: 0 };
let isLong = false;
let isFrameAwaited = false;
let long: ReturnType<typeof setTimeout> | undefined;

/** Draws progress once a frame: files come in a hundred pieces. */
function drawProgress(): void {
  if (isFrameAwaited || !isLong) return;
  isFrameAwaited = true;
  requestAnimationFrame(() => {
    isFrameAwaited = false;
    if (isLong && status.peek().kind === 'loading') status.value = { kind: 'loading', progress };
  });
}

function showProgress(loaded: number, total: number): void {
  progress = { loaded: Math.min(loaded, total), total };
  drawProgress();
}

/** Shows that a load starts, and its progress once it takes long. */
function startLoad(): void {
  clearTimeout(long);
  isLong = false;
  progress = { loaded: 0, total: 0 };
  status.value = STARTING;
  long = setTimeout(() => {
    isLong = true;
    drawProgress();
  }, LONG_MS);
}
startLoad();

/** Returns a function that adds up the progress of all files of one load. */
function progressOf(which: Benchmark): (event: ProgressEvent) => void {
  const files = new Map<string, { loaded: number; total: number }>();
  return (event) => {
    if (event.status !== 'progress') return;
    files.set(event.file, event);
    let [loaded, known] = [0, 0];
    for (const file of files.values()) {
      loaded += file.loaded;
      known += file.total;
    }
    showProgress(loaded, which === SHIPPED ? Math.max(LOAD_BYTES, known) : known);
  };
}

/** Returns functions that add up the bytes of the shipped files: those that the page reads, and the worker's embedder. */
function shippedProgress(): { onBytes(count: number): void; onProgress(event: ProgressEvent): void } {
  let here = 0;
  let there = 0;
  const show = () => showProgress(here + there, LOAD_BYTES);
  return {
    onBytes: (count) => {
      here += count;
      show();
    },
    onProgress: (event) => {
      if (event.status !== 'progress' || !event.file.endsWith('.bin')) return;
      there = event.loaded;
      show();
    },
  };
}

/** Reads a kept benchmark anew for each worker; the code for that is loaded only then. */
async function loadOptions(which: Benchmark): Promise<LoadOptions> {
  const onProgress = progressOf(which);
  if (which.index !== undefined) return { index: which.index, onProgress };
  if (which.kept === undefined) {
    const ofShipped = shippedProgress();
    const early = takeEarly(ofShipped.onBytes);
    if (early !== undefined) return { texts: TEXTS, ...early, onProgress: ofShipped.onProgress };
    return { texts: TEXTS, early: true, onProgress };
  }
  const { readKept } = await import('./kept/storage.js');
  const { name, index } = await readKept(which.kept);
  if (benchmark.peek() === which) benchmark.value = { ...which, name };
  return { index, onProgress };
}

/** The table of other languages, once it is downloaded. */
let languages: EmbedderSource | undefined;

const open = (which: Benchmark) =>
  new RouterHolder(async () => ({ ...(await loadOptions(which)), multilingual: languages }));

let holder = open(benchmark.peek());

/** Returns the router of the current benchmark, for sections that need more than a decision. */
export const currentRouter = () => holder.current();

/** Aborts the previous question: only the last one counts. */
let asking = new AbortController();
let pause: ReturnType<typeof setTimeout> | undefined;

/** Codes of failures that say nothing about the benchmark, such as those of the network or of memory. */
const PASSING = new Set<string>(['aborted', 'network', 'out_of_memory', 'disposed', 'internal', 'bad_wasm']);

/** Goes back to the shipped benchmark if the current one can never be loaded. Returns whether it did. */
function wasRefused(error: unknown): boolean {
  const which = benchmark.peek();
  // A TypeError means that a part of the page could not be fetched.
  const isPassing = error instanceof TypeError || (error instanceof SignalboxError && PASSING.has(error.code));
  if (which === SHIPPED || isPassing) return false;
  remember(undefined);
  routeOn(SHIPPED);
  refused.value = { benchmark: which, error };
  return true;
}

/** Shows the decision of the router, and then the refined one if a larger embedder is loaded. */
async function answerBy(router: Routing, text: string, signal: AbortSignal): Promise<void> {
  const start = performance.now();
  const larger = refinement.peek();
  const options = { ...routeOptionsOf(settings.peek(), router.info), signal };
  const show = (decision: Decision, elapsedMs: number, reading: Reading) =>
    batch(() => {
      info.value = router.info;
      answer.value = { prompt: text, decision, elapsedMs, reading };
      status.value = { kind: 'ready' };
    });
  let error: unknown;
  const stages = larger?.route(router, text, options, (cause) => {
    error = cause;
  });
  let first: { decision: Decision; elapsedMs: number } | undefined;
  for await (const decision of stages ?? [await router.route(text, options)]) {
    if (signal.aborted) return;
    const elapsedMs = performance.now() - start;
    if (first !== undefined && larger !== undefined) {
      show(decision, first.elapsedMs, { kind: 'refined', by: larger.name, first: first.decision.model, elapsedMs });
      return;
    }
    first = { decision, elapsedMs };
    show(decision, elapsedMs, larger === undefined ? { kind: 'own' } : { kind: 'refining', by: larger.name });
  }
  if (signal.aborted || first === undefined || larger === undefined) return;
  show(first.decision, first.elapsedMs, { kind: 'not refined', by: larger.name, error });
}

async function decide(): Promise<void> {
  clearTimeout(pause);
  asking.abort();
  asking = new AbortController();
  const { signal: mine } = asking;
  const text = prompt.peek();
  let found: IndexInfo | undefined;
  try {
    const router = await holder.current();
    found = router.info;
    if (mine.aborted) return;
    await answerBy(router, text, mine);
  } catch (cause) {
    if (mine.aborted || (cause instanceof SignalboxError && cause.code === 'aborted')) return;
    if (found === undefined && wasRefused(cause)) return;
    const error = await explained(cause);
    if (mine.aborted) return;
    batch(() => {
      answer.value = undefined;
      status.value = { kind: 'failed', error };
    });
  }
}

/** Decides again, for example after a failure. */
export function retry(): void {
  if (status.peek().kind === 'failed') startLoad();
  decide();
}

/** Sets the prompt while the user types, and decides after a pause. See `ask` for a prompt that was clicked. */
export function type(text: string): void {
  prompt.value = text;
  clearTimeout(pause);
  pause = setTimeout(decide, PAUSE_MS);
}

/** Sets the prompt and decides at once. */
export function ask(text: string): void {
  prompt.value = text;
  decide();
}

export function change(part: Partial<Settings>): void {
  settings.value = { ...settings.peek(), ...part };
}

/** Routes with another benchmark from now on. */
export function routeOn(next: Benchmark): void {
  asking.abort();
  holder.dispose();
  holder = open(next);
  batch(() => {
    benchmark.value = next;
    refused.value = undefined;
    info.value = undefined;
    answer.value = undefined;
    startLoad();
  });
  decide();
}

/** Reads prompts in other languages with a table from now on, and decides again. Errors: those of a failed load. */
export async function readLanguagesWith(table: EmbedderSource): Promise<void> {
  const before = holder;
  languages = table;
  holder = open(benchmark.peek());
  before.dispose();
  try {
    const router = await holder.current();
    const [read] = await router.embed(['Wie wird das Wetter?']);
    const { code, message } = read?.multilingualError ?? {};
    if (code !== undefined) throw new SignalboxError(code, message ?? '');
  } catch (cause) {
    languages = undefined;
    throw cause;
  }
  decide();
}

/** Safari has no requestIdleCallback. */
const whenIdle = (action: () => void) =>
  'requestIdleCallback' in globalThis ? requestIdleCallback(action, { timeout: 2000 }) : setTimeout(action, 200);

/** Runs `action` once the first decision was made or failed, so as not to delay it. */
export function afterFirstAnswer(action: () => void): void {
  const stop = effect(() => {
    if (answer.value === undefined && status.value.kind !== 'failed') return;
    whenIdle(action);
    queueMicrotask(() => stop());
  });
}

effect(() => {
  keepSettings(settings.value);
});
// Once, when the page is left or hidden: typing need not wait for storage.
for (const event of ['pagehide', 'visibilitychange']) addEventListener(event, () => keepPrompt(prompt.peek()), true);

// Decides at the start, with every change of the settings, and when a larger embedder comes or goes.
effect(() => {
  settings.value;
  refinement.value;
  decide();
});
