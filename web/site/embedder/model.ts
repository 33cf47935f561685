/** The larger embedder: loaded on request in a worker of its own, and cached by the browser. */
import { batch, effect, signal } from '@preact/signals';
import { type ProgressEvent, SignalboxError } from 'signalbox';
import type { OnnxEmbedder, OnnxLoadOptions } from 'signalbox/onnx';
import { explained } from '../offline/version.js';
import { type Choice, FIRST_CHOICE, loadOptionsOf, placeOf } from './choice.js';
import { endModelWorker, modelWorker } from './model-worker.js';
import type { Offer } from './offers.js';
import { isLoaded, loadedBytes } from './stage.js';
import { noteDownload, wasDownloaded } from './visits.js';

/** A model to load: one that the user chose, or one that the page offers. */
export type Wanted = Choice | Offer;

export type Model =
  | { kind: 'none' }
  | { kind: 'loading'; wanted: Wanted }
  | { kind: 'cancelled'; wanted: Wanted }
  | { kind: 'ready'; wanted: Wanted; embedder: OnnxEmbedder; sizeBytes: number }
  | { kind: 'failed'; wanted: Wanted; error: unknown };

export interface LoadedFile {
  file: string;
  loaded: number;
  /** Zero if not known yet. */
  total: number;
  isDone: boolean;
}

export const choice = signal<Choice>(FIRST_CHOICE);
export const model = signal<Model>({ kind: 'none' });
export const files = signal<readonly LoadedFile[]>([]);
/** Whether the chosen model is in the cache: loading it then needs no network. */
export const isCached = signal(false);

export const choose = (part: Partial<Choice>) => {
  choice.value = { ...choice.peek(), ...part };
};

/** Loads the module on first use: it contains everything that reads models. */
const onnx = () => import('signalbox/onnx');

/** Returns the arguments of `OnnxEmbedder.load`. Errors: the problem of a place that may not be loaded from. */
export function sourceOf(wanted: Wanted): [string, OnnxLoadOptions] {
  if ('key' in wanted) {
    const { id, address, manifest, dtype, file, pooling, maxTokens } = wanted;
    const place = address === undefined ? id : new URL(address, document.baseURI).href;
    return [place, { id, dtype, file, pooling, maxTokens, manifest }];
  }
  const place = placeOf(wanted.model);
  if (place.problem !== undefined) throw new SignalboxError('invalid_argument', place.problem);
  return [place.model, loadOptionsOf(wanted, place)];
}

/** Returns whether a model is in the cache, without network. */
export async function isStored(wanted: Wanted): Promise<boolean> {
  const { OnnxEmbedder } = await onnx();
  return OnnxEmbedder.isCached(...sourceOf(wanted));
}

/** Searches the cache for the chosen model; one that cannot be searched counts as empty. */
export async function refreshCached(): Promise<void> {
  const which = choice.peek();
  const isThere = wasDownloaded() && (await isStored(which).catch(() => false));
  if (choice.peek() === which) isCached.value = isThere;
}

/** Collects the progress of each file, and shows it ten times a second at most. */
class Progress {
  readonly #files = new Map<string, LoadedFile>();
  /** Bytes that were loaded before the model. */
  readonly #before = loadedBytes.peek();
  #timer: ReturnType<typeof setTimeout> | undefined;

  tell(event: ProgressEvent): void {
    if (event.status === 'ready' || event.status === 'progress_total') return;
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
    batch(() => {
      files.value = [...this.#files.values()];
      loadedBytes.value = this.#before + this.sizeBytes;
    });
  }
}

let current: AbortController | undefined;

export const cancel = () => current?.abort();

/** Loads a model. Parts of it that were downloaded are cached for the next try, also after a cancel. */
export async function load(wanted: Wanted): Promise<void> {
  unload();
  const mine = new AbortController();
  current = mine;
  const progress = new Progress();
  batch(() => {
    model.value = { kind: 'loading', wanted };
    files.value = [];
  });
  try {
    const [place, options] = sourceOf(wanted);
    const { OnnxEmbedder } = await onnx();
    noteDownload(true);
    const embedder = await OnnxEmbedder.load(place, {
      ...options,
      worker: modelWorker(),
      signal: mine.signal,
      onProgress: (event) => {
        if (current === mine) progress.tell(event);
      },
    });
    if (current !== mine) embedder.dispose();
    else model.value = { kind: 'ready', wanted, embedder, sizeBytes: progress.sizeBytes };
  } catch (cause) {
    const error = await explained(cause);
    if (current !== mine) return;
    const isCancelled = error instanceof SignalboxError && error.code === 'aborted';
    if (!isCancelled) endModelWorker();
    model.value = isCancelled ? { kind: 'cancelled', wanted } : { kind: 'failed', wanted, error };
  } finally {
    if (current === mine) progress.show();
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

effect(() => {
  isLoaded.value = model.value.kind === 'ready';
});
