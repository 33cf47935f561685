/** Files of the page's host that larger embedders need, kept in the browser's Cache API. The package keeps the models. */
import RUNTIME from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { SignalboxError } from 'signalbox';
import { offers, runtimeBytes } from './offers.js';
import { loadedBytes } from './stage.js';

/** The indexes by address. */
const INDEXES = 'signalbox-demo-indexes';
/** ONNX Runtime. The service worker answers from this cache, too. */
const RUNTIMES = 'onnx-runtime';

/** Pages over plain http have no caches. */
const areThere = () => typeof caches !== 'undefined';

const hrefOf = (address: string) => new URL(address, document.baseURI).href;

/** Keeps a file; where that is impossible, the next visit fetches it again. */
async function put(name: string, address: string, bytes: Uint8Array<ArrayBuffer>, type: string): Promise<void> {
  try {
    await (await caches.open(name)).put(hrefOf(address), new Response(bytes, { headers: { 'Content-Type': type } }));
  } catch {
    // No space, or storage is turned off.
  }
}

/** Fetches a file and counts its bytes. Errors: `network`, `aborted`, `bad_checksum` for another size. */
async function fetchCounted(
  address: string,
  sizeBytes: number,
  init: { signal: AbortSignal; cache?: RequestCache },
): Promise<Uint8Array<ArrayBuffer>> {
  const wrong = (size: string) =>
    new SignalboxError('bad_checksum', `${address} has ${size}, expected ${sizeBytes} bytes`);
  const before = loadedBytes.peek();
  try {
    const response = await fetch(hrefOf(address), init);
    if (!response.ok || response.body === null) {
      throw new SignalboxError('network', `${address} answered ${response.status}`);
    }
    const bytes = new Uint8Array(sizeBytes);
    let loaded = 0;
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (loaded + part.value.byteLength > sizeBytes) throw wrong('more bytes');
      bytes.set(part.value, loaded);
      loaded += part.value.byteLength;
      loadedBytes.value = before + loaded;
    }
    if (loaded !== sizeBytes) throw wrong(`${loaded} bytes`);
    return bytes;
  } catch (cause) {
    if (cause instanceof SignalboxError) throw cause;
    if (init.signal.aborted) throw new SignalboxError('aborted', 'the download was cancelled', { cause });
    throw new SignalboxError('network', `${address} could not be fetched: ${String(cause)}`, { cause });
  }
}

interface IndexFile {
  address: string;
  sizeBytes: number;
}

export async function isIndexKept({ address }: IndexFile): Promise<boolean> {
  return areThere() && (await (await caches.open(INDEXES)).match(hrefOf(address))) !== undefined;
}

/**
 * Returns an index from the cache or the page's host, and keeps it once `check` has accepted it. Errors: those of
 * `fetchCounted` and of `check`.
 */
export async function readIndex(
  { address, sizeBytes }: IndexFile,
  signal: AbortSignal,
  check: (index: Uint8Array<ArrayBuffer>) => Promise<void>,
): Promise<Uint8Array<ArrayBuffer>> {
  const kept = areThere() ? await (await caches.open(INDEXES)).match(hrefOf(address)) : undefined;
  if (kept !== undefined) {
    const index = new Uint8Array(await kept.arrayBuffer());
    loadedBytes.value += index.byteLength;
    return index;
  }
  const index = await fetchCounted(address, sizeBytes, { signal });
  try {
    await check(index);
  } catch (cause) {
    if (signal.aborted) throw cause;
    // The HTTP cache may hold a damaged file.
    loadedBytes.value -= index.byteLength;
    index.set(await fetchCounted(address, sizeBytes, { signal, cache: 'reload' }));
    await check(index);
  }
  await forgetOldIndexes();
  await put(INDEXES, address, index, 'application/octet-stream');
  return index;
}

/** Removes the indexes of earlier versions of the page. */
async function forgetOldIndexes(): Promise<void> {
  if (!areThere()) return;
  const cache = await caches.open(INDEXES);
  const current = offers.map(({ index }) => hrefOf(index.address));
  for (const { url } of await cache.keys()) if (!current.includes(url)) await cache.delete(url);
}

export async function isRuntimeKept(): Promise<boolean> {
  return areThere() && (await (await caches.open(RUNTIMES)).match(hrefOf(RUNTIME))) !== undefined;
}

/** Whether a service worker answers the requests of this page. */
const isServed = () => areThere() && Boolean(navigator.serviceWorker?.controller);

/**
 * Loads ONNX Runtime into the cache from which the service worker answers the model's worker. Without a service worker that
 * worker fetches it, uncounted.
 */
export async function loadRuntime(signal: AbortSignal): Promise<void> {
  if (!isServed()) return;
  if (await isRuntimeKept()) {
    loadedBytes.value += runtimeBytes;
    return;
  }
  await put(RUNTIMES, RUNTIME, await fetchCounted(RUNTIME, runtimeBytes, { signal }), 'application/wasm');
}

/** Keeps ONNX Runtime for the next visit if the model's worker fetched it itself, from the HTTP cache if possible. */
export async function keepRuntime(signal: AbortSignal): Promise<void> {
  if (!areThere() || (await isRuntimeKept())) return;
  const response = await fetch(hrefOf(RUNTIME), { signal, cache: 'force-cache' }).catch(() => undefined);
  if (response?.ok) await put(RUNTIMES, RUNTIME, new Uint8Array(await response.arrayBuffer()), 'application/wasm');
}

/** Returns the size of ONNX Runtime as far as `loadRuntime` counts it. */
export const countedRuntime = () => (isServed() ? runtimeBytes : 0);

export async function removeFiles(): Promise<void> {
  if (!areThere()) return;
  await caches.delete(INDEXES);
  await caches.delete(RUNTIMES);
}

/** Returns the size of these files. */
export async function keptBytes(): Promise<number> {
  if (!areThere()) return 0;
  let sum = 0;
  for (const name of [INDEXES, RUNTIMES]) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) sum += (await (await cache.match(request))?.blob())?.size ?? 0;
  }
  return sum;
}
