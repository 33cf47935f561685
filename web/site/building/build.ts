/** One's own benchmark: files become an index in a worker, and the page routes on it. */
import { batch, signal } from '@preact/signals';
import { type IndexInfo, SignalboxError } from 'signalbox';
import { type BenchmarkFile, type BuildReport, buildInWorker } from 'signalbox/build';
import { WorkerRouter } from 'signalbox/worker';
import { save } from '../../shared/save.js';
import { remember } from '../kept/remembered.js';
import { type Benchmark, benchmark, info, routeOn, SHIPPED } from '../state.js';
import { EXAMPLE_NAME, exampleFile } from './example.js';
import { NO_RULES, nameOf, pathOf, type Rules, settingsOf } from './rules.js';

export type Building =
  | { kind: 'idle' }
  /** `share`: 0..1, where it is known. */
  | { kind: 'busy'; step: string; share: number | undefined }
  | { kind: 'stopped' }
  | { kind: 'done'; text: string }
  | { kind: 'failed'; error: unknown };

export interface Built {
  benchmark: Benchmark;
  report: BuildReport;
  /** Models without a price. */
  unpriced: readonly string[];
}

/** The files at hand; a larger embedder may build from them, too. */
export const chosen = signal<readonly BenchmarkFile[]>([]);
export const rules = signal<Rules>(NO_RULES);
export const building = signal<Building>({ kind: 'idle' });
/** The last that was built. */
export const built = signal<Built | undefined>(undefined);

/** What the benchmark of these files is called. */
export const chosenName = () => {
  const said = rules.peek().name.trim();
  if (said !== '') return said;
  return chosen.peek().every((file) => example.has(file)) ? EXAMPLE_NAME : nameOf(chosen.peek());
};

/** Files and benchmarks of the made-up example. */
export const example = new WeakSet<object>();
let current: AbortController | undefined;

export const stop = () => current?.abort();

/** Says what went wrong before anything could be begun. */
export function failed(error: unknown): void {
  building.value = { kind: 'failed', error };
}

/** Runs one thing at a time; what is begun before it is done is given up. */
async function run(action: (signal: AbortSignal) => Promise<string>): Promise<void> {
  stop();
  const mine = new AbortController();
  current = mine;
  building.value = { kind: 'busy', step: 'starting', share: undefined };
  try {
    const text = await action(mine.signal);
    if (current === mine) building.value = { kind: 'done', text };
  } catch (error) {
    if (current !== mine) return;
    const isStopped = error instanceof SignalboxError && error.code === 'aborted';
    building.value = isStopped ? { kind: 'stopped' } : { kind: 'failed', error };
  }
}

/** Builds from the chosen files, and routes on what comes out. */
export function build(): Promise<void> {
  return run(async (mine) => {
    const name = chosenName();
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
      built.value = { benchmark: next, report, unpriced };
      remember(undefined);
      routeOn(next);
    });
    return 'Built. The page routes on it now.';
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
 * What an index says of itself. It is looked at before it is used, so that the page goes on with what it has where it is
 * of no use. Errors: those of `Router.load`; `embedder_mismatch` for one of another embedder than the page's.
 */
async function look(index: Uint8Array<ArrayBuffer>, mine: AbortSignal): Promise<IndexInfo> {
  const router = await WorkerRouter.load({ index, embedder: null, signal: mine });
  router.dispose();
  const small = info.peek()?.embedder.id;
  const { id } = router.info.embedder;
  if (small !== undefined && id !== small) {
    throw new SignalboxError(
      'embedder_mismatch',
      `this index was built with the embedder ${id}, the page's own is ${small}: open it below, in “A larger embedder”`,
    );
  }
  return router.info;
}

/** Opens a benchmark that is an index already. `read` gives its bytes. */
export function open(name: string, read: () => Promise<Uint8Array<ArrayBuffer>>, kept?: string): Promise<void> {
  return run(async (mine) => {
    building.value = { kind: 'busy', step: 'reading the index', share: undefined };
    const index = await read();
    await look(index, mine);
    remember(kept);
    routeOn(kept === undefined ? { name, index } : { name, index, kept });
    return 'Opened. The page routes on it now.';
  });
}

const isIndex = (file: BenchmarkFile) => /\.sbx$/i.test(pathOf(file));

export const openFile = (file: File) => open(nameOf([file]), async () => new Uint8Array(await file.arrayBuffer()));

/** Files that were dropped or chosen: an index is opened, anything else is built from. */
export function take(files: readonly BenchmarkFile[]): Promise<void> | undefined {
  const [first] = files;
  if (first === undefined) return undefined;
  if (files.length === 1 && isIndex(first)) return openFile(first instanceof File ? first : first.file);
  chosen.value = files;
  return build();
}

/** What was built stays at hand: its report, and its files. */
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
