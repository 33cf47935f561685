/** The larger embedder: loaded on request in a worker of its own, and cached by the browser. */
import { batch, signal } from '@preact/signals';
import { type ProgressEvent, SignalboxError } from 'signalbox';
import type { OnnxEmbedder } from 'signalbox/onnx';
import { explained } from '../offline/version.js';
import { type Choice, FIRST_CHOICE, loadOptionsOf, placeOf } from './choice.js';
import { endModelWorker, modelWorker } from './model-worker.js';

export type Model =
  | { kind: 'none' }
  | { kind: 'loading' }
  | { kind: 'cancelled' }
  /** `loaded` is the choice that it was loaded for. */
  | { kind: 'ready'; embedder: OnnxEmbedder; loaded: Choice; sizeBytes: number }
  | { kind: 'failed'; error: unknown };

export interface LoadedFile {
  file: string;
  loaded: number;
  /** Zero if not known yet. */
  total: number;
  isDone: boolean;
}

export interface Cached {
  /** The chosen model is in the cache: loading it needs no network. */
  isThere: boolean;
  /** Size of all cached models. */
  sizeBytes: number;
}

export const choice = signal<Choice>(FIRST_CHOICE);
export const model = signal<Model>({ kind: 'none' });
export const files = signal<readonly LoadedFile[]>([]);
/** `undefined` until the cache was read. */
export const cached = signal<Cached | undefined>(undefined);

export const choose = (part: Partial<Choice>) => {
  choice.value = { ...choice.peek(), ...part };
};

/** Loads the module on first use: it contains everything that reads models. */
const onnx = () => import('signalbox/onnx');

/** Key that records a download. Without it, the cache is not searched and the code for that is not loaded. */
const DOWNLOADED = 'signalbox-demo-model';

function note(isDownloaded: boolean): void {
  try {
    if (isDownloaded) localStorage.setItem(DOWNLOADED, '1');
    else localStorage.removeItem(DOWNLOADED);
  } catch {
    // The next visit then does not search the cache.
  }
}

function wasDownloaded(): boolean {
  try {
    return localStorage.getItem(DOWNLOADED) !== null;
  } catch {
    return false;
  }
}

/** Searches the browser's cache, without network. */
export async function lookAtCache(): Promise<void> {
  if (!wasDownloaded()) return;
  const { OnnxEmbedder } = await onnx();
  const which = choice.peek();
  const place = placeOf(which.model);
  const isThere =
    place.problem === undefined && (await OnnxEmbedder.isCached(place.model, loadOptionsOf(which, place)));
  const sizeBytes = await OnnxEmbedder.cacheSizeBytes();
  if (choice.peek() === which) cached.value = { isThere, sizeBytes };
}

/** Like `lookAtCache`, but ignores a cache that cannot be read. */
export const refreshCached = () => lookAtCache().catch(() => undefined);

export async function clearCache(): Promise<void> {
  const { OnnxEmbedder } = await onnx();
  await OnnxEmbedder.clearCache();
  note(false);
  cached.value = { isThere: false, sizeBytes: 0 };
}

/** Collects the progress of each file, and shows it ten times a second at most. */
class Progress {
  readonly #files = new Map<string, LoadedFile>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  tell(event: ProgressEvent): void {
    if (event.status === 'ready') return;
    const known = this.#files.get(event.file) ?? { file: event.file, loaded: 0, total: 0, isDone: false };
    const part = event.status === 'progress' ? { loaded: event.loaded, total: event.total } : {};
    this.#files.set(event.file, { ...known, ...part, isDone: event.status === 'done' });
    this.#timer ??= setTimeout(() => this.show(), 100);
  }

  get sizeBytes(): number {
    return [...this.#files.values()].reduce((sum, { loaded }) => sum + loaded, 0);
  }

  show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    files.value = [...this.#files.values()];
  }
}

let current: AbortController | undefined;

export const cancel = () => current?.abort();

/** Downloads the chosen model. Parts that were loaded are cached for the next try, also after a cancel. */
export async function download(): Promise<void> {
  unload();
  const mine = new AbortController();
  current = mine;
  const progress = new Progress();
  batch(() => {
    model.value = { kind: 'loading' };
    files.value = [];
  });
  const which = choice.peek();
  const place = placeOf(which.model);
  try {
    const { OnnxEmbedder } = await onnx();
    note(true);
    const embedder = await OnnxEmbedder.load(place.model, {
      ...loadOptionsOf(which, place),
      worker: modelWorker(),
      signal: mine.signal,
      onProgress: (event) => {
        if (current === mine) progress.tell(event);
      },
    });
    if (current !== mine) embedder.dispose();
    else model.value = { kind: 'ready', embedder, loaded: which, sizeBytes: progress.sizeBytes };
  } catch (cause) {
    const error = await explained(cause);
    if (current !== mine) return;
    const isCancelled = error instanceof SignalboxError && error.code === 'aborted';
    if (!isCancelled) endModelWorker();
    model.value = isCancelled ? { kind: 'cancelled' } : { kind: 'failed', error };
  } finally {
    if (current === mine) progress.show();
    await refreshCached();
  }
}

/** Unloads the model and ends its worker, which frees all memory. */
export function unload(): void {
  current?.abort();
  current = undefined;
  const now = model.peek();
  if (now.kind === 'ready') {
    now.embedder.dispose();
    endModelWorker();
  }
  model.value = { kind: 'none' };
}

/** Describes a failure, and what the user can do about it. */
export function modelErrorWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  switch ((error as SignalboxError | undefined)?.code) {
    case 'network':
      return `The model could not be loaded: ${message}. Parts that were loaded are kept for the next try.`;
    case 'quota_exceeded':
      return `There is not enough space for the model: ${message}.`;
    case 'bad_checksum':
      return `A file failed its check and was not kept: ${message}.`;
    case 'out_of_memory':
      return `This device does not have enough free memory (${message}). A smaller type of weights may fit.`;
    case 'bad_embedder':
      return `This model cannot be used: ${message}.`;
    default:
      return message;
  }
}
