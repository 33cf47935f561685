/** A file of a model: from the cache, or fetched, resumed where it was interrupted, checked, and kept. */
import { discard, type OpenFile, openResponse, openUrl } from '#platform';
import { abortable, errorFrom, SignalboxError, throwIfAborted } from '../errors.js';
import { sha256Of } from '../files/sha256.js';
import type { OnProgress } from '../types.js';
import { type CachedFile, type FileCache, MemoryFile } from './file-cache.js';
import type { FileClaim } from './location.js';

/** More than a page can hold in one piece. */
const MOST_BYTES = 2 ** 31 - 1;
/** Connections that may break in the midst of a file before it is given up. */
const MOST_BREAKS = 5;

export interface FetchOptions {
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
  cache?: FileCache | undefined;
}

export interface FileRequest extends FileClaim {
  address: string;
  /** Names of progress events: the model, and the file in its folder. */
  name: string;
  file: string;
  /** Throws for bytes that are of no use: they are not kept. */
  accept?: ((bytes: Uint8Array) => void) | undefined;
}

export interface FetchedFile {
  bytes: Uint8Array<ArrayBuffer>;
  /** Hexadecimal; `undefined` where WebCrypto is missing (plain http). */
  sha256: string | undefined;
}

/** A connection that broke in the midst of a file: worth another try. */
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
        ? `this device is offline, and ${address} is not in the cache`
        : `${address} could not be fetched: ${String(cause)}`,
      cause,
    );
  }
}

/** Where the answer begins, and how long the whole file is. */
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

/** The answer for the rest of the file; for all of it where the rest cannot be had, or is of another version. */
async function askForRest(entry: CachedFile, request: FileRequest, signal: AbortSignal | undefined): Promise<Answer> {
  const from = entry.loadedBytes;
  let response = await ask(request.address, from, signal);
  const etag = response.headers.get('etag') ?? undefined;
  // Without a mark of the version or a hash nobody would notice that the rest belongs to something else.
  const isSameVersion = etag === entry.etag && (etag !== undefined || request.sha256 !== undefined);
  if (from > 0 && response.status === 206 && isSameVersion) {
    const file = openResponse(response, signal);
    if (rangeOf(response, file, from).start === from) return { response, file };
  }
  if (from > 0 && response.status !== 200) {
    discard(response);
    response = await ask(request.address, 0, signal);
  }
  const file = openResponse(response, signal); // What is there is kept where the server only fails for now.
  if (from > 0) await entry.remove();
  return { response, file };
}

function checkSize(total: number | undefined, request: FileRequest): void {
  if (total !== undefined && request.sizeBytes !== undefined && total !== request.sizeBytes) {
    throw errorFrom('bad_checksum', `${request.file} has ${total} bytes, expected ${request.sizeBytes}`);
  }
  if ((total ?? 0) > MOST_BYTES) throw errorFrom('out_of_memory', `${request.file} has ${total} bytes, more than fit`);
}

/** Tells a connection that broke from a file that cannot be kept. */
async function* breaking(chunks: OpenFile['chunks'], signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (cause) {
    throwIfAborted(signal);
    throw new Broken('the connection broke', { cause });
  }
}

/** One connection: what it brings is in the entry also when it breaks. */
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

/** The whole file into the entry, over as many connections as it takes. */
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
        throw network(`${request.address}: ${cause.message}; ${loadedBytes} bytes are kept for the next try`, cause);
      }
    }
  }
}

/** What is in the entry, if it is what it must be; else what is wrong with it. */
async function check(entry: CachedFile, request: FileRequest): Promise<FetchedFile | SignalboxError> {
  const bytes = await entry.read();
  const wrong = (got: string, expected: unknown) =>
    errorFrom('bad_checksum', `${request.address} has ${got}, expected ${expected}: it is not used`);
  if (request.sizeBytes !== undefined && bytes.byteLength !== request.sizeBytes) {
    return wrong(`${bytes.byteLength} bytes`, request.sizeBytes);
  }
  const sha256 = await sha256Of(bytes);
  if (request.sha256 !== undefined && sha256 !== request.sha256) {
    if (sha256 !== undefined) return wrong(`the SHA-256 ${sha256}`, request.sha256);
    throw network(`${request.file} cannot be checked here: a page needs https (or localhost) for that`);
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
    await entry.remove(); // Damaged, or not what is wanted any more.
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
    // The beginning may have been of another version: once more, from there.
    if (!wasBegun) throw found;
  }
}

/**
 * Errors: `network`, `aborted`, `quota_exceeded`, `out_of_memory`; `bad_checksum` for another size or SHA-256 than
 * expected, and what `accept` throws: such a file is neither used nor kept.
 */
export async function fetchFile(request: FileRequest, options: FetchOptions): Promise<FetchedFile> {
  const { signal, onProgress, cache } = options;
  const event = { name: request.name, file: request.file };
  throwIfAborted(signal);
  onProgress?.({ status: 'initiate', ...event });
  // What lies on the disk already is not copied there.
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
    throw network(`${request.file} could not be read: ${String(cause)}`, cause);
  } finally {
    await entry?.close();
  }
}

const ABSENT = new TextEncoder().encode('signalbox: there is no such file');

/** Whether these are the bytes that `keepAbsence` left behind. */
export const isAbsence = (bytes: Uint8Array) =>
  bytes.byteLength === ABSENT.byteLength && bytes.every((byte, i) => byte === ABSENT[i]);

/** Notes in the cache that there is no such file, so that nobody asks again. */
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
