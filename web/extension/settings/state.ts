/** What the settings page knows beside the settings themselves. */
import { effect, signal } from '@preact/signals';
import type { IndexInfo } from 'signalbox';
import { isGranted } from '../sites.js';
import { listFeedback, onFeedback, type StoredFeedback } from '../stored/feedback.js';
import { readIndex } from '../stored/own-index.js';
import { isLoaded, stored } from '../stored/stored-signals.js';
import { isThere, need } from './embedder.js';
import { inspect } from './own-benchmark.js';

/** What the index holds that is routed on, or why it cannot be used. */
export type Benchmark = { kind: 'loading' } | { kind: 'ready'; info: IndexInfo } | { kind: 'failed'; error: unknown };

export const benchmark = signal<Benchmark>({ kind: 'loading' });
export const feedback = signal<readonly StoredFeedback[]>([]);
/** Origins that the browser lets the extension into. */
export const granted = signal<ReadonlySet<string>>(new Set());

let looked = 0;

export async function lookAtIndex(): Promise<void> {
  looked += 1;
  const mine = looked;
  const { index } = stored.peek();
  benchmark.value = { kind: 'loading' };
  try {
    const info = await inspect(index === null ? undefined : { bytes: await readIndex(index), model: index.model });
    if (mine !== looked) return;
    benchmark.value = { kind: 'ready', info };
    // An import, or a browser that made room, may have left an index without its model.
    if (index?.model && !(await isThere(index)) && mine === looked) {
      need({ ...index, model: index.model, read: () => readIndex(index), isNew: false });
    }
  } catch (error) {
    if (mine === looked) benchmark.value = { kind: 'failed', error };
  }
}

async function readFeedback(): Promise<void> {
  feedback.value = await listFeedback();
}

async function readGranted(): Promise<void> {
  const origins = Object.keys(stored.peek().sites);
  const are = await Promise.all(origins.map(isGranted));
  granted.value = new Set(origins.filter((_, i) => are[i]));
}

/** Follows what changes in other pages, and in the browser. */
export function openState(): void {
  let last: string | null | undefined;
  effect(() => {
    const id = stored.value.index?.id ?? null;
    if (!isLoaded.value || id === last) return;
    last = id;
    lookAtIndex();
  });
  effect(() => {
    stored.value.sites;
    if (isLoaded.value) readGranted();
  });
  chrome.permissions.onAdded.addListener(readGranted);
  chrome.permissions.onRemoved.addListener(readGranted);
  readFeedback();
  onFeedback(readFeedback);
}
