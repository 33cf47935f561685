/** The sentence transformer that an index of one's own needs: downloaded when the person asks for it, and kept by the browser. */
import { signal } from '@preact/signals';
import type { IndexInfo } from 'signalbox';
import { SignalboxError } from 'signalbox';
import { WorkerRouter } from 'signalbox/worker';
import { isHubId } from '../../shared/hub.js';
import type { OwnIndex } from '../stored/schema.js';
import { routeOn } from './own-benchmark.js';

/** What has to be downloaded, and for what. */
interface Needed {
  model: string;
  dtype: OwnIndex['dtype'];
  name: string;
  /** Reads the index that it is for. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
  /** The index is not kept yet: it is, when it can be used. */
  isNew: boolean;
}

type Download = { kind: 'none' } | { kind: 'loading'; share: number | undefined } | { kind: 'failed'; error: unknown };

export const needed = signal<Needed | undefined>(undefined);
export const download = signal<Download>({ kind: 'none' });

let current: AbortController | undefined;

export function need(next: Needed | undefined): void {
  current?.abort();
  needed.value = next;
  download.value = { kind: 'none' };
}

/** The model that an index names, where it is one that can be had; undefined for others. */
export function modelOf({ embedder }: IndexInfo): Pick<OwnIndex, 'model' | 'dtype'> | undefined {
  if (!isHubId(embedder.id)) return undefined;
  const dtype = (['q8', 'fp16', 'fp32'] as const).find((known) => known === embedder.details?.dtype) ?? 'q8';
  return { model: embedder.id, dtype };
}

/** Asks nobody. */
export async function isThere({ model, dtype }: Pick<OwnIndex, 'model' | 'dtype'>): Promise<boolean> {
  if (model === null) return true;
  const { OnnxEmbedder } = await import('signalbox/onnx');
  return OnnxEmbedder.isCached(model, { dtype });
}

async function load({ model, dtype, name, read, isNew }: Needed, signal: AbortSignal): Promise<void> {
  const { OnnxEmbedder } = await import('signalbox/onnx');
  const index = await read();
  /** Files of the model, the largest of them by far its weights. */
  const files = new Map<string, { loaded: number; total: number }>();
  const embedder = await OnnxEmbedder.load(model, {
    dtype,
    signal,
    onProgress: (event) => {
      if (event.status !== 'progress' || signal.aborted) return;
      files.set(event.file, event);
      const sum = (part: 'loaded' | 'total') => [...files.values()].reduce((all, file) => all + file[part], 0);
      download.value = { kind: 'loading', share: sum('total') > 0 ? sum('loaded') / sum('total') : undefined };
    },
  });
  try {
    const router = await WorkerRouter.load({ index, embedder, signal });
    await router.route('Can it answer?', { neighbours: 0 }).finally(() => router.dispose());
  } finally {
    embedder.dispose();
  }
  if (isNew) await routeOn({ name, model, dtype }, index);
}

/** Downloads what is needed and uses the index with it. Gives whether it came to that; what went wrong is in `download`. */
export async function fetchNeeded(): Promise<boolean> {
  const which = needed.peek();
  if (which === undefined) return false;
  current?.abort();
  const mine = new AbortController();
  current = mine;
  download.value = { kind: 'loading', share: undefined };
  try {
    await load(which, mine.signal);
    if (needed.peek() === which) need(undefined);
    return true;
  } catch (error) {
    const isCancelled = error instanceof SignalboxError && error.code === 'aborted';
    if (current === mine) download.value = isCancelled ? { kind: 'none' } : { kind: 'failed', error };
    return false;
  }
}

export const cancelDownload = () => current?.abort();
