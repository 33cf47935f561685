/** A router with the larger embedder and an index that was built with it, here or elsewhere. */
import { effect, signal } from '@preact/signals';
import { type IndexInfo, SignalboxError } from 'signalbox';
import { buildInWorker } from 'signalbox/build';
import { WorkerRouter } from 'signalbox/worker';
import { isHubId } from '../../shared/hub.js';
import { buildExample, building, chosen, chosenName, rules } from '../building/build.js';
import { nameOf, settingsOf } from '../building/rules.js';
import { explained } from '../offline/version.js';
import { refinement } from '../state.js';
import { choose, model, type Wanted } from './model.js';
import { refinementBy } from './refining.js';

export interface Large {
  /** Name of the index. */
  name: string;
  router: WorkerRouter;
  /** The bytes of the index, for download. */
  index: Uint8Array<ArrayBuffer>;
  /** The model that it routes with. */
  wanted: Wanted;
}

export type Preparing =
  | { kind: 'idle' }
  /** `share` is the progress, 0..1, or `undefined` if it is unknown. */
  | { kind: 'busy'; step: string; share: number | undefined; since: number }
  | { kind: 'stopped' }
  | { kind: 'failed'; error: unknown };

/** An index whose embedder is not loaded yet. */
export interface Waiting {
  name: string;
  index: Uint8Array<ArrayBuffer>;
  embedder: IndexInfo['embedder'];
}

export const large = signal<Large | undefined>(undefined);
export const preparing = signal<Preparing>({ kind: 'idle' });
export const waiting = signal<Waiting | undefined>(undefined);

let current: AbortController | undefined;

export const stopPreparing = () => current?.abort();

const drop = () => {
  large.peek()?.router.dispose();
  large.value = undefined;
};

const busy = (step: string, share?: number) => {
  const before = preparing.peek();
  const since = before.kind === 'busy' && before.step === step ? before.since : performance.now();
  preparing.value = { kind: 'busy', step, share, since };
};

/** Runs an action and aborts the one before it. */
async function prepare(action: (signal: AbortSignal) => Promise<void>): Promise<void> {
  current?.abort();
  const mine = new AbortController();
  current = mine;
  busy('starting');
  try {
    await action(mine.signal);
    if (current === mine) preparing.value = { kind: 'idle' };
  } catch (cause) {
    const error = await explained(cause);
    if (current !== mine) return;
    const isStopped = error instanceof SignalboxError && error.code === 'aborted';
    preparing.value = isStopped ? { kind: 'stopped' } : { kind: 'failed', error };
  }
}

/** Routes with the loaded model. The router does not own the model: another index may use it next. */
export async function routeWith(name: string, index: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void> {
  const now = model.peek();
  if (now.kind !== 'ready') return;
  const router = await WorkerRouter.load({ index, embedder: now.embedder, signal });
  if (signal.aborted || model.peek() !== now) {
    router.dispose();
    return;
  }
  drop();
  large.value = { name, router, index, wanted: now.wanted };
}

/** Opens an index, and uses it as soon as its embedder is loaded. */
export function openIndex(file: File): Promise<void> {
  return prepare(async (signal) => {
    busy('reading the index');
    waiting.value = undefined;
    const index = new Uint8Array(await file.arrayBuffer());
    const looked = await WorkerRouter.load({ index, embedder: null, signal });
    looked.dispose();
    const name = nameOf([file]);
    if (model.peek().kind === 'ready') await routeWith(name, index, signal);
    else waiting.value = { name, index, embedder: looked.info.embedder };
  });
}

/** Chooses the model that the waiting index names, if it is one of the hub's. */
export function chooseWaiting(): void {
  const { embedder } = waiting.peek() ?? {};
  if (embedder === undefined || !isHubId(embedder.id)) return;
  const known = (['q8', 'fp16', 'fp32'] as const).find((dtype) => dtype === embedder.details?.dtype);
  choose({ model: embedder.id, ...(known === undefined ? {} : { dtype: known }) });
}

/** Builds an index from the files of "Your own benchmark". */
export function buildFromChosen(): Promise<void> {
  return prepare(async (signal) => {
    const now = model.peek();
    if (now.kind !== 'ready') return;
    const name = chosenName();
    const { index } = await buildInWorker(chosen.peek(), {
      ...settingsOf({ ...rules.peek(), name }),
      embedder: now.embedder,
      signal,
      onProgress: ({ step, done, total }) => {
        if (!signal.aborted) busy(step, total > 0 ? done / total : undefined);
      },
    });
    await routeWith(name, index, signal);
  });
}

/** Builds the made-up example with both embedders; the page routes with the small one. */
export async function exampleForBoth(): Promise<void> {
  await buildExample();
  if (building.peek().kind === 'done') await buildFromChosen();
}

// Whatever the larger embedder can route with refines the answers of the page.
effect(() => {
  const found = large.value;
  const name = found && ('key' in found.wanted ? found.wanted.name : found.router.info.embedder.id);
  refinement.value = found && name !== undefined ? refinementBy(name, found.router) : undefined;
});

// Drops the index when its embedder is unloaded, and uses a waiting index once its embedder is loaded.
effect(() => {
  const now = model.value;
  if (now.kind !== 'ready') {
    stopPreparing();
    drop();
    return;
  }
  const { name, index } = waiting.peek() ?? {};
  if (name === undefined || index === undefined) return;
  waiting.value = undefined;
  prepare((signal) => routeWith(name, index, signal));
});
