/** Builds an index from the user's files in a worker, and routes with it. */
import { batch, signal } from '@preact/signals';
import { type IndexInfo, SignalboxError } from 'signalbox';
import type { BenchmarkFile, BuildReport } from 'signalbox/build';
import { WorkerRouter } from 'signalbox/worker';
import { save } from '../../shared/save.js';
import { remember } from '../kept/remembered.js';
import { explained } from '../offline/version.js';
import { type Benchmark, benchmark, info, routeOn, SHIPPED } from '../state.js';
import { EXAMPLE_NAME, exampleFile } from './example.js';
import { NO_RULES, nameOf, pathOf, type Rules, settingsOf } from './rules.js';

export type Building =
  | { kind: 'idle' }
  /** `share` is the progress, 0..1, or `undefined` if it is unknown. */
  | { kind: 'busy'; step: string; share: number | undefined }
  | { kind: 'stopped' }
  | { kind: 'done'; text: string }
  | { kind: 'failed'; error: unknown };

export interface Built {
  benchmark: Benchmark;
  report: BuildReport;
  /** The report as the command prints it. */
  text: string;
  /** Models without a price. */
  unpriced: readonly string[];
}

/** The chosen files; a larger embedder may build from them, too. */
export const chosen = signal<readonly BenchmarkFile[]>([]);
export const rules = signal<Rules>(NO_RULES);
export const building = signal<Building>({ kind: 'idle' });
/** The last benchmark that was built. */
export const built = signal<Built | undefined>(undefined);

/** Returns the name of the benchmark of the chosen files. */
export const chosenName = () => {
  const said = rules.peek().name.trim();
  if (said !== '') return said;
  return chosen.peek().every((file) => example.has(file)) ? EXAMPLE_NAME : nameOf(chosen.peek());
};

/** Marks the files and benchmarks of the made-up example. */
export const example = new WeakSet<object>();
let current: AbortController | undefined;

export const stop = () => current?.abort();

/** Reports an error that occurred before anything was started. */
export function failed(error: unknown): void {
  building.value = { kind: 'failed', error };
}

/** Runs an action and aborts the one before it. */
export async function run(action: (signal: AbortSignal) => Promise<string>): Promise<void> {
  stop();
  const mine = new AbortController();
  current = mine;
  building.value = { kind: 'busy', step: 'starting', share: undefined };
  try {
    const text = await action(mine.signal);
    if (current === mine) building.value = { kind: 'done', text };
  } catch (cause) {
    const error = await explained(cause);
    if (current !== mine) return;
    const isStopped = error instanceof SignalboxError && error.code === 'aborted';
    building.value = isStopped ? { kind: 'stopped' } : { kind: 'failed', error };
  }
}

/** Builds an index from the chosen files, and routes with it. */
export function build(): Promise<void> {
  return run(async (mine) => {
    const name = chosenName();
    const { buildInWorker, reportText } = await import('./in-worker.js');
    const { index, report, unpriced } = await buildInWorker(chosen.peek(), {
      ...settingsOf({ ...rules.peek(), name }),
      signal: mine,
      onProgress: ({ step, done, total }) => {
        if (!mine.aborted) building.value = { kind: 'busy', step, share: total > 0 ? done / total : undefined };
      },
    });
    const next = { name, index };
    if (name === EXAMPLE_NAME) example.add(next);
    batch(() => {
      built.value = { benchmark: next, report, text: reportText(report), unpriced };
      remember(undefined);
      routeOn(next);
    });
    return 'Built. The page now uses it.';
  });
}

export function buildExample(): Promise<void> {
  const file = exampleFile();
  example.add(file);
  batch(() => {
    chosen.value = [file];
    rules.value = NO_RULES;
  });
  return build();
}

/**
 * Checks an index before it is used, so that the page keeps its current one if this one is unusable.
 * Errors: those of `Router.load`; `embedder_mismatch` if the index was built with an embedder other than the page's.
 */
async function look(index: Uint8Array<ArrayBuffer>, mine: AbortSignal): Promise<IndexInfo> {
  const router = await WorkerRouter.load({ index, embedder: null, signal: mine });
  router.dispose();
  const small = info.peek()?.embedder.id;
  const { id } = router.info.embedder;
  if (small !== undefined && id !== small) {
    throw new SignalboxError(
      'embedder_mismatch',
      `this index was built with the embedder ${id}, but this page uses ${small}: open the index under “A larger embedder” below`,
    );
  }
  return router.info;
}

/** Opens a benchmark that is already an index; `read` returns its bytes. */
export function open(name: string, read: () => Promise<Uint8Array<ArrayBuffer>>, kept?: string): Promise<void> {
  return run(async (mine) => {
    building.value = { kind: 'busy', step: 'reading the index', share: undefined };
    const index = await read();
    await look(index, mine);
    remember(kept);
    routeOn(kept === undefined ? { name, index } : { name, index, kept });
    return 'Opened. The page now uses it.';
  });
}

const isIndex = (file: BenchmarkFile) => /\.sbx$/i.test(pathOf(file));

export const openFile = (file: File) => open(nameOf([file]), async () => new Uint8Array(await file.arrayBuffer()));

/** Takes files that were dropped or chosen: opens an index, or builds one from result files. */
export function take(files: readonly BenchmarkFile[]): Promise<void> | undefined {
  const [first] = files;
  if (first === undefined) return undefined;
  if (files.length === 1 && isIndex(first)) return openFile(first instanceof File ? first : first.file);
  chosen.value = files;
  return build();
}

/** Goes back to the shipped benchmark. The files and the report stay. */
export function backToShipped(): void {
  stop();
  batch(() => {
    building.value = { kind: 'idle' };
    remember(undefined);
    if (benchmark.peek() !== SHIPPED) routeOn(SHIPPED);
  });
}

export function download(name: string, index: Uint8Array<ArrayBuffer>): void {
  const plain = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 80) || 'benchmark';
  save(`${plain}.sbx`, 'application/octet-stream', [index]);
}
