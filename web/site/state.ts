/** The state of the page as signals: components read them, the functions here change them. */
import { batch, computed, effect, signal } from '@preact/signals';
import type { Decision, IndexInfo, LoadOptions, ProgressEvent } from 'signalbox';
import { SignalboxError } from 'signalbox';
import { RouterHolder } from '../shared/restarting-router.js';
import { DEFAULT_SETTINGS, routeOptionsOf, type Settings } from '../shared/settings.js';
import { remember, rememberedId } from './kept/remembered.js';
import { explained } from './offline/version.js';
import { SAMPLES } from './samples.js';

/** Name of the folder with the texts of the shipped benchmark, inserted by the build. */
declare const TEXTS_FOLDER: string;
const TEXTS = new URL(TEXTS_FOLDER, document.baseURI);

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
  | { kind: 'loading'; file: string; percent: number }
  | { kind: 'ready' }
  /** `error` is the last failure; earlier answers are no longer shown. */
  | { kind: 'failed'; error: unknown };

/** A decision and its prompt. */
export interface Answer {
  prompt: string;
  decision: Decision;
  elapsedMs: number;
}

export const prompt = signal<string>(SAMPLES[0]?.prompt ?? '');
export const settings = signal<Settings>(DEFAULT_SETTINGS);
export const benchmark = signal<Benchmark>(firstBenchmark());
/** The benchmark that could not be used, which made the page go back to the shipped one. */
export const refused = signal<{ benchmark: Benchmark; error: unknown } | undefined>(undefined);
export const info = signal<IndexInfo | undefined>(undefined);
export const status = signal<Status>({ kind: 'loading', file: '', percent: 0 });
export const answer = signal<Answer | undefined>(undefined);
/** Whether the prompt has changed since the answer. */
export const isStale = computed(() => answer.value !== undefined && answer.value.prompt !== prompt.value);

function onProgress(event: ProgressEvent): void {
  if (event.status !== 'progress' || status.peek().kind !== 'loading') return;
  status.value = { kind: 'loading', file: event.file, percent: event.progress };
}

/** Reads a kept benchmark anew for each worker; the code for that is loaded only then. */
async function loadOptions(which: Benchmark): Promise<LoadOptions> {
  if (which.index !== undefined) return { index: which.index, onProgress };
  if (which.kept === undefined) return { texts: TEXTS, onProgress };
  const { readKept } = await import('./kept/storage.js');
  const { name, index } = await readKept(which.kept);
  if (benchmark.peek() === which) benchmark.value = { ...which, name };
  return { index, onProgress };
}

const open = (which: Benchmark) => new RouterHolder(() => loadOptions(which));

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
    const options = { ...routeOptionsOf(settings.peek(), found), signal: mine };
    const start = performance.now();
    const decision = await router.route(text, options);
    if (mine.aborted) return;
    batch(() => {
      info.value = found;
      answer.value = { prompt: text, decision, elapsedMs: performance.now() - start };
      status.value = { kind: 'ready' };
    });
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
  if (status.peek().kind === 'failed') status.value = { kind: 'loading', file: '', percent: 0 };
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
    status.value = { kind: 'loading', file: '', percent: 0 };
  });
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

// Decides at the start and with every change of the settings.
effect(() => {
  settings.value;
  decide();
});
