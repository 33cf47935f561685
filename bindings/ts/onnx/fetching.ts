/** Gets a model's file from the cache, or fetches it: resumes interrupted downloads, checks the file and keeps it. */
import { discard, type OpenFile, openResponse, openUrl } from '#platform';
import { abortable, errorFrom, SignalboxError, throwIfAborted } from '../errors.js';
import { shortAddress, shortCause } from '../files/describe.js';
import { sha256Of } from '../files/sha256.js';
import type { OnProgress } from '../types.js';
import { type CachedFile, type FileCache, MemoryFile } from './file-cache.js';
import type { FileClaim } from './location.js';

/** Maximum size: a page cannot hold more in one piece. */
const MOST_BYTES = 2 ** 31 - 1;
/** Maximum number of broken connections during one file. */
const MOST_BREAKS = 5;

export interface FetchOptions {
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
  cache?: FileCache | undefined;
}

export interface FileRequest extends FileClaim {
  address: string;
  /** Name of the model, and of the file in its folder, in progress events. */
  name: string;
  file: string;
  /** Throws for unusable bytes, which are then not kept. */
  accept?: ((bytes: Uint8Array) => void) | undefined;
}

export interface FetchedFile {
  bytes: Uint8Array<ArrayBuffer>;
  /** Hexadecimal; `undefined` without WebCrypto (plain http). */
  sha256: string | undefined;
}

/** A connection that broke during a file, which is worth a retry. */
class Broken extends Error {}

const isWeb = (address: string) => /^https?:/.test(address);

function network(message: string, cause?: unknown): SignalboxError {
  return Object.assign(errorFrom('network', message), { cause });
}

async function ask(address: string, from: number, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await fetch(address, {
      ...(from > 0 ? { headers: { Range: `bytes=${from}-` } } : {}),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    throwIfAborted(signal);
    const isOffline = globalThis.navigator?.onLine === false;
    throw network(
      isOffline
        ? `this device is offline and ${shortAddress(address)} is not in the cache`
        : `${shortAddress(address)} could not be fetched: ${shortCause(cause)}`,
      cause,
    );
  }
}

/** Returns the start of the response in the file, and the size of the whole file. */
function rangeOf(response: Response, { size }: OpenFile, from: number): { start: number; total: number | undefined } {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('content-range') ?? '') ?? [];
  if (start !== undefined) return { start: Number(start), total: Number(total) };
  const begin = response.status === 206 ? from : 0;
  return { start: begin, total: size === undefined ? undefined : begin + size };
}

interface Answer {
  response: Response;
  file: OpenFile;
}

/** Requests the rest of a file; all of it if the rest is not available or is of another version. */
async function askForRest(entry: CachedFile, request: FileRequest, signal: AbortSignal | undefined): Promise<Answer> {
  const from = entry.loadedBytes;
  let response = await ask(request.address, from, signal);
  const etag = response.headers.get('etag') ?? undefined;
  // Without an ETag or a hash, a rest of another version would go unnoticed.
  const isSameVersion = etag === entry.etag && (etag !== undefined || request.sha256 !== undefined);
  if (from > 0 && response.status === 206 && isSameVersion) {
    const file = openResponse(response, signal);
    if (rangeOf(response, file, from).start === from) return { response, file };
  }
  if (from > 0 && response.status !== 200) {
    discard(response);
    response = await ask(request.address, 0, signal);
  }
  const file = openResponse(response, signal); // If the server fails, this throws and keeps the part.
  if (from > 0) await entry.remove();
  return { response, file };
}

function checkSize(total: number | undefined, request: FileRequest): void {
  if (total !== undefined && request.sizeBytes !== undefined && total !== request.sizeBytes) {
    throw errorFrom('bad_checksum', `${request.file} has ${total} bytes, expected ${request.sizeBytes}`);
  }
  if ((total ?? 0) > MOST_BYTES) throw errorFrom('out_of_memory', `${request.file} has ${total} bytes, more than fit`);
}

/** Marks errors of the connection as `Broken`, to tell them from errors of the cache. */
async function* breaking(chunks: OpenFile['chunks'], signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (cause) {
    throwIfAborted(signal);
    throw new Broken('the connection broke', { cause });
  }
}

/** Loads from one connection; the entry keeps the received bytes if the connection breaks. */
async function loadRest(entry: CachedFile, request: FileRequest, options: FetchOptions): Promise<void> {
  const { signal, onProgress } = options;
  if (entry.loadedBytes > 0 && entry.loadedBytes === request.sizeBytes) return;
  const answer = isWeb(request.address) ? await askForRest(entry, request, signal) : undefined;
  const file = answer?.file ?? (await openUrl(request.address, signal));
  const known = answer === undefined ? file.size : rangeOf(answer.response, file, entry.loadedBytes).total;
  try {
    checkSize(known, request);
  } catch (cause) {
    discard(answer?.response);
    throw cause;
  }
  const size = known ?? request.sizeBytes;
  if (entry.loadedBytes === 0) await entry.restart(answer?.response.headers.get('etag') ?? undefined, size);
  const event = { name: request.name, file: request.file };
  for await (const chunk of answer === undefined ? file.chunks : breaking(file.chunks, signal)) {
    throwIfAborted(signal);
    if (entry.loadedBytes + chunk.byteLength > (size ?? MOST_BYTES)) {
      throw errorFrom('bad_checksum', `${request.file} is longer than the ${size ?? MOST_BYTES} bytes expected`);
    }
    await entry.append(chunk);
    const loaded = entry.loadedBytes;
    const total = Math.max(size ?? loaded, loaded);
    onProgress?.({ status: 'progress', ...event, progress: (100 * loaded) / total, loaded, total });
  }
  if (size !== undefined && entry.loadedBytes < size) throw new Broken(`it ended after ${entry.loadedBytes} bytes`);
}

/** Loads the whole file into the entry, over several connections if necessary. */
async function load(entry: CachedFile, request: FileRequest, options: FetchOptions): Promise<void> {
  for (let breaks = 0; ; ++breaks) {
    const before = entry.loadedBytes;
    try {
      await loadRest(entry, request, options);
      return;
    } catch (cause) {
      if (!(cause instanceof Broken)) throw cause;
      if (breaks === MOST_BREAKS || entry.loadedBytes <= before) {
        const { loadedBytes } = entry;
        throw network(
          `${request.address}: ${cause.message}; ${loadedBytes} bytes are kept for the next attempt`,
          cause,
        );
      }
    }
  }
}

/** Returns the file in the entry, or an error if it is not the expected one. */
async function check(entry: CachedFile, request: FileRequest): Promise<FetchedFile | SignalboxError> {
  const bytes = await entry.read();
  const wrong = (got: string, expected: unknown) =>
    errorFrom('bad_checksum', `${request.address} has ${got}, expected ${expected}: the file is not used`);
  if (request.sizeBytes !== undefined && bytes.byteLength !== request.sizeBytes) {
    return wrong(`${bytes.byteLength} bytes`, request.sizeBytes);
  }
  const sha256 = await sha256Of(bytes);
  if (request.sha256 !== undefined && sha256 !== request.sha256) {
    if (sha256 !== undefined) return wrong(`the SHA-256 ${sha256}`, request.sha256);
    throw network(`${request.file} cannot be checked here: that needs https or localhost`);
  }
  try {
    request.accept?.(bytes);
  } catch (cause) {
    if (cause instanceof SignalboxError) return cause;
    throw cause;
  }
  return { bytes, sha256 };
}

async function fetchInto(entry: CachedFile, request: FileRequest, options: FetchOptions): Promise<FetchedFile> {
  const { signal, onProgress } = options;
  if (entry.isWhole) {
    const found = await abortable(check(entry, request), signal);
    if (!(found instanceof SignalboxError)) {
      const total = found.bytes.byteLength;
      onProgress?.({ status: 'progress', name: request.name, file: request.file, progress: 100, loaded: total, total });
      return found;
    }
    await entry.remove(); // Damaged, or no longer the expected file.
  }
  for (;;) {
    const wasBegun = entry.loadedBytes > 0;
    await load(entry, request, options);
    const found = await abortable(check(entry, request), signal);
    if (!(found instanceof SignalboxError)) {
      await entry.finish();
      return found;
    }
    await entry.remove();
    // The kept part may have been of another version: retry from the start.
    if (!wasBegun) throw found;
  }
}

/**
 * Returns a file from the cache or the network. Errors: `network`, `aborted`, `quota_exceeded`, `out_of_memory`;
 * `bad_checksum` for an unexpected size or SHA-256, and errors of `accept`: such a file is neither used nor kept.
 */
export async function fetchFile(request: FileRequest, options: FetchOptions): Promise<FetchedFile> {
  const { signal, onProgress, cache } = options;
  const event = { name: request.name, file: request.file };
  throwIfAborted(signal);
  onProgress?.({ status: 'initiate', ...event });
  // Files on the disk are not copied into the cache.
  const kept = isWeb(request.address) ? cache?.open(request.address, signal) : undefined;
  let entry: CachedFile | undefined;
  try {
    entry = (await kept) ?? new MemoryFile();
    throwIfAborted(signal);
    onProgress?.({ status: 'download', ...event });
    const fetched = await fetchInto(entry, request, options);
    onProgress?.({ status: 'done', ...event });
    return fetched;
  } catch (cause) {
    throwIfAborted(signal);
    if (cause instanceof SignalboxError) throw cause;
    if (cause instanceof RangeError) throw errorFrom('out_of_memory', `${request.file} does not fit: ${cause.message}`);
    throw network(`${request.file} could not be read: ${shortCause(cause)}`, cause);
  } finally {
    await entry?.close();
  }
}

const ABSENT = new TextEncoder().encode('signalbox: there is no such file');

/** Returns whether these are the bytes that `keepAbsence` wrote. */
export const isAbsence = (bytes: Uint8Array) =>
  bytes.byteLength === ABSENT.byteLength && bytes.every((byte, i) => byte === ABSENT[i]);

/** Records in the cache that a file does not exist, to avoid further requests. */
export async function keepAbsence(address: string, { signal, cache }: FetchOptions): Promise<void> {
  if (cache === undefined || !isWeb(address)) return;
  const entry = await cache.open(address, signal);
  try {
    await entry.restart(undefined, ABSENT.byteLength);
    await entry.append(ABSENT);
    await entry.finish();
  } finally {
    await entry.close();
  }
}
