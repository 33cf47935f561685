/** State of the settings page, besides the settings. */
import { effect, signal } from '@preact/signals';
import type { IndexInfo } from 'signalbox';
import { inspect } from '../mine/own-benchmark.js';
import { isGranted } from '../sites.js';
import { listFeedback, onFeedback, type StoredFeedback } from '../stored/feedback.js';
import { readIndex } from '../stored/own-index.js';
import { isLoaded, stored } from '../stored/stored-signals.js';
import { isThere, need } from './embedder.js';

/** Content of the index in use, or why it cannot be used. */
export type Benchmark = { kind: 'loading' } | { kind: 'ready'; info: IndexInfo } | { kind: 'failed'; error: unknown };

export const benchmark = signal<Benchmark>({ kind: 'loading' });
export const feedback = signal<readonly StoredFeedback[]>([]);
/** Origins for which the extension has the browser's permission. */
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
    // The model may be missing after an import, or if the browser freed space.
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

/** Follows changes made in other pages and in the browser. */
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
