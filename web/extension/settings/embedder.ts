/** The sentence transformer that the user's own index needs: downloaded on request, and kept by the browser. */
import { signal } from '@preact/signals';
import type { IndexInfo } from 'signalbox';
import { SignalboxError } from 'signalbox';
import { WorkerRouter } from 'signalbox/worker';
import { isHubId } from '../../shared/hub.js';
import { routeOn } from '../mine/own-benchmark.js';
import { onnxFor } from '../onnx.js';
import type { OwnIndex } from '../stored/schema.js';

/** A model to download, and the index that needs it. */
interface Needed {
  model: string;
  dtype: OwnIndex['dtype'];
  name: string;
  /** Reads that index. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
  /** Whether the index is new: it is then kept once it can be used. */
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

/** Returns the model that an index names; `undefined` if that is not a name on the hub. */
export function modelOf({ embedder }: IndexInfo): Pick<OwnIndex, 'model' | 'dtype'> | undefined {
  if (!isHubId(embedder.id)) return undefined;
  const dtype = (['q8', 'fp16', 'fp32'] as const).find((known) => known === embedder.details?.dtype) ?? 'q8';
  return { model: embedder.id, dtype };
}

/** Returns whether the model is on this device. Makes no request. Errors: `WithoutRuntime`. */
export async function isThere({ model, dtype }: Pick<OwnIndex, 'model' | 'dtype'>): Promise<boolean> {
  if (model === null) return true;
  const { OnnxEmbedder } = await onnxFor(model);
  return OnnxEmbedder.isCached(model, { dtype });
}

async function load({ model, dtype, name, read, isNew }: Needed, signal: AbortSignal): Promise<void> {
  const { OnnxEmbedder } = await onnxFor(model);
  const index = await read();
  /** Progress by file; the weights are by far the largest. */
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

/** Downloads the needed model and uses the index with it. Returns whether that succeeded; the error is in `download`. */
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
