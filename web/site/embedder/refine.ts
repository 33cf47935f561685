/** Loads what an offer needs, keeps it in this browser, and refines the page's answers with it. */
import { batch, effect } from '@preact/signals';
import { SignalboxError } from 'signalbox';
import { WorkerRouter } from 'signalbox/worker';
import { explained } from '../offline/version.js';
import {
  countedRuntime,
  isIndexKept,
  isRuntimeKept,
  keepRuntime,
  keptBytes,
  loadRuntime,
  readIndex,
  removeFiles,
} from './kept-files.js';
import { large, routeWith, waiting } from './large.js';
import { files, isStored, load, model, modelErrorWords, refreshCached, unload } from './model.js';
import { missingBytes, NOTHING, type Offer, offers, type Stored } from './offers.js';
import { current, loadedBytes, type Stage, storedBytes, storedParts, totalBytes } from './stage.js';
import { noteDownload, rememberOffer, wasDownloaded } from './visits.js';

let starting: AbortController | undefined;

/** Loads the model of an offer. Errors: those of `OnnxEmbedder.load`. */
async function loadModel(offer: Offer): Promise<void> {
  await load(offer);
  const now = model.peek();
  if (now.kind === 'failed') throw now.error;
  if (now.kind !== 'ready') throw new SignalboxError('aborted', 'the download was cancelled');
}

/** Loads an offer, from this device as far as it is there, and refines the answers with it. */
export async function start(offer: Offer): Promise<void> {
  unload();
  starting?.abort();
  const mine = new AbortController();
  starting = mine;
  const show = (stage: Stage) => {
    if (starting === mine) current.value = { offer, stage };
  };
  batch(() => {
    waiting.value = undefined;
    loadedBytes.value = 0;
    totalBytes.value = offer.index.sizeBytes + countedRuntime() + offer.modelBytes;
    show({ kind: 'loading' });
  });
  try {
    noteDownload(true);
    // An index that this page cannot read is refused before the larger downloads.
    const index = await readIndex(offer.index, mine.signal, async (bytes) => {
      (await WorkerRouter.load({ index: bytes, embedder: null, signal: mine.signal })).dispose();
    });
    await loadRuntime(mine.signal);
    mine.signal.addEventListener('abort', unload);
    await loadModel(offer);
    await routeWith(offer.name, index, mine.signal);
    if (mine.signal.aborted) throw new SignalboxError('aborted', 'the start was cancelled');
    rememberOffer(offer.key);
    show({ kind: 'on' });
    await keepRuntime(mine.signal).catch(() => undefined);
  } catch (cause) {
    const error = mine.signal.aborted ? undefined : await explained(cause);
    const isCancelled = error === undefined || (error instanceof SignalboxError && error.code === 'aborted');
    show(isCancelled ? { kind: 'cancelled' } : { kind: 'failed', words: modelErrorWords(error) });
  } finally {
    await refreshStored();
  }
}

export const cancelStart = () => starting?.abort();

export function turnOff(): void {
  rememberOffer(undefined);
  unload();
}

/** Returns the parts of an offer that are on this device, without network. */
async function partsOf(offer: Offer): Promise<Stored> {
  const [isModel, index, runtime] = await Promise.all([isStored(offer), isIndexKept(offer.index), isRuntimeKept()]);
  return { model: isModel, index, runtime };
}

/** Returns the size of all that is stored for larger embedders. */
async function allBytes(): Promise<number> {
  const { OnnxEmbedder } = await import('signalbox/onnx');
  return (await OnnxEmbedder.cacheSizeBytes()) + (await keptBytes());
}

/** Reads what is stored; storage that cannot be read counts as empty. */
export async function refreshStored(): Promise<void> {
  if (!wasDownloaded()) return;
  const parts = await Promise.all(offers.map((offer) => partsOf(offer).catch(() => NOTHING)));
  const size = await allBytes().catch(() => 0);
  batch(() => {
    storedParts.value = new Map(offers.map((offer, i) => [offer, parts[i] ?? NOTHING]));
    storedBytes.value = size;
  });
}

/** Unloads the larger embedder, and deletes all that is stored for any. */
export async function deleteStored(): Promise<void> {
  starting?.abort();
  turnOff();
  const { OnnxEmbedder } = await import('signalbox/onnx');
  await OnnxEmbedder.clearCache();
  await removeFiles();
  noteDownload(false);
  batch(() => {
    storedParts.value = new Map();
    storedBytes.value = 0;
  });
  await refreshCached();
}

/** Refines from the start of a visit, as in the last one, if nothing has to be downloaded for it. */
export async function resume(key: string | undefined): Promise<void> {
  await refreshStored();
  const offer = offers.find((one) => one.key === key);
  if (offer !== undefined && missingBytes(offer, storedParts.peek().get(offer) ?? NOTHING) === 0) await start(offer);
}

// Another model replaced that of the offer, or it was unloaded.
effect(() => {
  const { offer, stage } = current.value;
  if (stage.kind === 'on' && large.value?.wanted !== offer) current.value = { offer, stage: { kind: 'off' } };
  // The last file of a model are its weights.
  const isThere = files.value.some(({ file, isDone }) => isDone && file.endsWith('.onnx'));
  if (stage.kind === 'loading' && isThere && model.value.kind !== 'none' && model.value.wanted === offer) {
    current.value = { offer, stage: { kind: 'starting' } };
  }
});
