/** Reads sources of every kind, with progress and cancellation. */
import { type OpenFile, openBlob, openResponse, openUrl } from '#platform';
import { SignalboxError, throwIfAborted, tracked } from '../errors.js';
import { bytesOf, isAddress, isBlob, isBytes, isResponse } from '../kinds.js';
import type { CacheMode, OnProgress, Source } from '../types.js';
import { shortAddress, shortCause } from './describe.js';
import { gunzipped } from './gzip.js';

export interface ReadOptions {
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
  /** Cache mode of fetches: `reload` bypasses the browser's HTTP cache. */
  cache?: CacheMode | undefined;
}

export interface LimitedReadOptions extends ReadOptions {
  /** Size of the file for progress, where the host does not tell it. */
  sizeBytes?: number | undefined;
  /** Most bytes that are read; a larger file is `size_overflow`. Default: no limit, 256 MiB for a gzip stream. */
  most?: number | undefined;
  /** `true`: a gzip stream is passed on as it is, not decompressed. */
  isRaw?: boolean | undefined;
}

/** Most bytes of a gzip stream by default: a small one can hold a thousand times its size. */
const MOST_UNPACKED = 1 << 28;

/**
 * Receives bytes: `reserve` is called once if the size is known, `write` for each chunk, `end` after the last. Promises are
 * awaited.
 */
export interface Sink {
  reserve(sizeBytes: number): void;
  write(chunk: Uint8Array): void | Promise<void>;
  end?(): Promise<void>;
}

/** Most bytes that wait for a sink. */
const MOST_WAITING = 1 << 22;

/** Keeps the first bytes for a sink that is not there yet. Errors of `starting` are those of a write, or of the end. */
class WaitingSink<Later extends Sink> implements Sink {
  readonly #starting: Promise<Later>;
  readonly #waiting: Uint8Array[] = [];
  #bytes = 0;
  #sizeBytes: number | undefined;
  #isSettled = false;

  constructor(starting: Promise<Later>) {
    this.#starting = starting;
    const settled = () => {
      this.#isSettled = true;
    };
    starting.then(settled, settled);
  }

  reserve(sizeBytes: number): void {
    this.#sizeBytes = sizeBytes;
  }

  write(chunk: Uint8Array): void | Promise<void> {
    this.#waiting.push(chunk);
    this.#bytes += chunk.byteLength;
    return this.#isSettled || this.#bytes > MOST_WAITING ? this.#pour() : undefined;
  }

  end(): Promise<void> {
    return this.#pour();
  }

  async #pour(): Promise<void> {
    const sink = await this.#starting;
    if (this.#sizeBytes !== undefined) sink.reserve(this.#sizeBytes);
    this.#sizeBytes = undefined;
    for (const chunk of this.#waiting.splice(0)) await sink.write(chunk);
  }
}

/** Reads a source into a sink that may not be there yet, and returns that. Errors: those of `readInto` and of `starting`. */
export async function readIntoLater<Later extends Sink>(
  source: Source,
  starting: Promise<Later>,
  options: LimitedReadOptions,
): Promise<Later> {
  await readInto(source, new WaitingSink(starting), options);
  return starting;
}

function nameOf(source: Source): string {
  if (isAddress(source)) return shortAddress(String(source).split(/[\\/]/).at(-1)?.split('?')[0] || 'file');
  if (isResponse(source) && source.url !== '') return nameOf(source.url);
  return 'bytes';
}

function inMemory(bytes: Uint8Array): OpenFile {
  return { size: bytes.byteLength, chunks: [bytes] };
}

async function open(source: Source, { signal, cache }: ReadOptions): Promise<OpenFile> {
  if (isAddress(source)) return openUrl(String(source), signal, cache);
  if (isResponse(source)) return openResponse(source, signal);
  if (isBlob(source)) return openBlob(source, signal);
  if (isBytes(source)) return inMemory(bytesOf(source));
  throw new SignalboxError('invalid_argument', 'expected an address, bytes, a Blob or a Response');
}

/** Says of bytes of the wrong kind that they come out of a gzip stream. */
const ofPacked = (cause: SignalboxError) =>
  cause.code === 'bad_magic' ? new SignalboxError('bad_magic', `in a gzip file: ${cause.message}`, { cause }) : cause;

/**
 * Streams a source into a sink, decompressed if it is a gzip stream, unless it is to stay raw; progress counts the
 * compressed bytes. Errors: `network`, `aborted`, `invalid_argument`, `size_overflow`, `bad_checksum` for a damaged gzip
 * stream; those of the sink and of `onProgress`, unchanged.
 */
export async function readInto(source: Source, sink: Sink, options: LimitedReadOptions): Promise<void> {
  const { signal } = options;
  const progress = tracked(options.onProgress);
  const event = { name: 'signalbox', file: nameOf(source) };
  throwIfAborted(signal);
  progress.call({ status: 'initiate', ...event });
  let isPacked = false;
  try {
    const { size, chunks } = await open(source, options);
    progress.call({ status: 'download', ...event });
    const counted = async function* () {
      let loaded = 0;
      for await (const chunk of chunks) {
        throwIfAborted(signal);
        loaded += chunk.byteLength;
        const total = Math.max(size ?? options.sizeBytes ?? loaded, loaded);
        yield chunk;
        progress.call({ status: 'progress', ...event, progress: (100 * loaded) / total, loaded, total });
      }
    };
    const { isGzip, chunks: plain } = options.isRaw
      ? { isGzip: false, chunks: counted() }
      : await gunzipped(counted(), event.file);
    isPacked = isGzip;
    const { most = isGzip ? MOST_UNPACKED : Number.POSITIVE_INFINITY } = options;
    if (size !== undefined && size > 0 && !isGzip) sink.reserve(size);
    let read = 0;
    for await (const chunk of plain) {
      throwIfAborted(signal);
      read += chunk.byteLength;
      if (read > most) throw new SignalboxError('size_overflow', `${event.file} has more than ${most} bytes`);
      const writing = sink.write(chunk);
      if (writing !== undefined) await writing;
    }
    await sink.end?.();
  } catch (cause) {
    progress.rethrow();
    throwIfAborted(signal);
    if (cause instanceof SignalboxError) throw isPacked ? ofPacked(cause) : cause;
    throw new SignalboxError('network', `${event.file} could not be read: ${shortCause(cause)}`, { cause });
  }
  progress.call({ status: 'done', ...event });
}

/** Reads all bytes of a source. */
export async function readBytes(source: Source, options: LimitedReadOptions): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  const write = (chunk: Uint8Array) => {
    chunks.push(chunk);
  };
  await readInto(source, { reserve: () => undefined, write }, options);
  return concatenate(chunks);
}

/** Returns the concatenated bytes of all pieces. */
export function concatenate(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.byteLength;
  }
  return bytes;
}
