/** Files as importers see them, in Node.js and in a page: a path, a size, and bytes by range. */
import { SignalboxError, throwIfAborted } from '../errors.js';
import { concatenate } from '../files/sources.js';
import { encodingOf, textDecoder } from '../files/text.js';
import { aText, must } from '../options.js';
import type { Place } from './records.js';

/** A file of results: a path, a size, and bytes by range. */
export interface InputFile {
  /** Relative path, with `/` as the separator; folders often name the model. */
  readonly path: string;
  readonly size: number;
  /** Reads the bytes [start, end). */
  slice(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** The decompressed beginning of a file, which detection looks at. */
export interface FileHead {
  /** The last part of the path in lower case, without `.gz`. */
  name: string;
  /** At most 64 KiB as text, without a byte order mark; bytes of another encoding are replaced. */
  text: string;
  bytes: Uint8Array;
}

export interface ReadFileOptions {
  signal?: AbortSignal | undefined;
  onBytes?: ((count: number) => void) | undefined;
}

const CHUNK_BYTES = 1 << 20;
const HEAD_BYTES = 1 << 16;
/** The maximum expansion of gzip is 1032; real benchmarks stay far below. */
const MOST_EXPANSION = 400;
/** A file that decompresses to no more than this is never treated as a bomb. */
const HARMLESS_BYTES = 1 << 26;

export const placeText = ({ file, line }: Place): string => (line === undefined ? file : `${file}, line ${line}`);

/** Returns an `invalid_argument` error whose message starts with file and line. */
export function badInput(place: Place, reason: string, cause?: unknown): SignalboxError {
  return new SignalboxError('invalid_argument', `${placeText(place)}: ${reason}`, { cause });
}

const withoutResults = new WeakSet<SignalboxError>();

/**
 * Returns an error like `badInput` for files of a source that hold no results at all, such as totals alone. Beside
 * results of other sources such files are listed, and stop nothing.
 */
export function noResults(place: Place, reason: string): SignalboxError {
  const error = badInput(place, reason);
  withoutResults.add(error);
  return error;
}

/** Returns whether an error is one of `noResults`. */
export const isNoResults = (cause: unknown): cause is SignalboxError =>
  cause instanceof SignalboxError && withoutResults.has(cause);

/**
 * Returns a file of these bytes. Errors: `invalid_argument` for anything else.
 *
 * @example
 * ```js
 * const text = 'dataset,id,prompt,small,large\nsums,1,What is 17 times 3?,1,1\nsums,2,What is 1234 times 5678?,0,1\n';
 * const { report } = await buildFromFiles([fileFromBytes('sums.csv', new TextEncoder().encode(text))]);
 * report.rows;    // 2
 * ```
 */
export function fileFromBytes(path: string, bytes: Uint8Array): InputFile {
  aText(path, 'path');
  // Not by its class: the bytes may come from another realm.
  must((value) => ArrayBuffer.isView(value) && (value as Uint8Array).BYTES_PER_ELEMENT === 1, 'a Uint8Array')(
    bytes,
    'bytes',
  );
  // `Buffer.slice` would return a view of the pool that other buffers share.
  const slice = async (start: number, end: number) => new Uint8Array(bytes.subarray(start, end));
  return { path, size: bytes.byteLength, slice };
}

/** Returns bytes that fill their buffer, for readers that look at the buffer: a Node.js Buffer is a part of a pool. */
export function ownBytes(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

export function fileFromBlob(blob: Blob, path: string): InputFile {
  return {
    path,
    size: blob.size,
    slice: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}

/** Refuses decompression bombs: a few kilobytes that expand to gigabytes. */
export function expansionGuard(file: string, packedBytes: number): (unpackedBytes: number) => void {
  return (unpackedBytes) => {
    if (unpackedBytes > HARMLESS_BYTES && unpackedBytes > MOST_EXPANSION * packedBytes) {
      throw new SignalboxError(
        'size_overflow',
        `${file}: ${packedBytes} bytes decompress to more than ${unpackedBytes}, expected at most ${MOST_EXPANSION} times as many`,
      );
    }
  };
}

async function* rawChunks(file: InputFile, options: ReadFileOptions): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let start = 0; start < file.size; start += CHUNK_BYTES) {
    throwIfAborted(options.signal);
    const chunk = await file.slice(start, Math.min(start + CHUNK_BYTES, file.size));
    if (chunk.byteLength === 0) throw new SignalboxError('truncated', `${file.path} shrank while it was read`);
    options.onBytes?.(chunk.byteLength);
    yield chunk;
  }
}

async function* gunzip(
  file: InputFile,
  chunks: AsyncGenerator<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const check = expansionGuard(file.path, file.size);
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => {
      await chunks.return(undefined);
    },
  });
  const reader = packed.pipeThrough(new DecompressionStream('gzip')).getReader();
  let total = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      total += value.byteLength;
      check(total);
      yield value as Uint8Array<ArrayBuffer>;
    }
  } catch (cause) {
    if (cause instanceof SignalboxError) throw cause;
    throw new SignalboxError('truncated', `${file.path} is not complete gzip: ${(cause as Error).message}`, { cause });
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** Yields the bytes of a file piece by piece; gzip is recognised by its first bytes and decompressed. */
async function* chunksOf(file: InputFile, options: ReadFileOptions = {}): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const start = await file.slice(0, Math.min(2, file.size));
  const chunks = rawChunks(file, options);
  yield* start[0] === 0x1f && start[1] === 0x8b ? gunzip(file, chunks) : chunks;
}

/** Reads the head of a file. Errors: `truncated` for damaged gzip, `aborted`. */
export async function headOf(file: InputFile, options: ReadFileOptions = {}): Promise<FileHead> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const start = await file.slice(0, Math.min(HEAD_BYTES, file.size));
  // With thousands of files, read no more than this of each; only compressed files need a larger piece.
  const plain = start[0] === 0x1f && start[1] === 0x8b ? undefined : [start];
  for await (const chunk of plain ?? chunksOf(file, { signal: options.signal })) {
    parts.push(chunk.subarray(0, HEAD_BYTES - length));
    length += chunk.byteLength;
    if (length >= HEAD_BYTES) break;
  }
  const bytes = concatenate(parts);
  const name = file.path.split('/').at(-1)?.toLowerCase() ?? '';
  return { name: name.replace(/\.gz$/, ''), bytes, text: new TextDecoder(encodingOf(bytes)).decode(bytes) };
}

/**
 * Yields the text of a file piece by piece. Errors: `invalid_argument` if it is neither UTF-8 nor UTF-16 with a byte
 * order mark.
 */
export async function* textOf(file: InputFile, options: ReadFileOptions = {}): AsyncGenerator<string> {
  let decode: ((bytes?: Uint8Array) => string) | undefined;
  for await (const chunk of chunksOf(file, options)) {
    decode ??= textDecoder(chunk, (reason, cause) => badInput({ file: file.path }, reason, cause));
    yield decode(chunk);
  }
  if (decode !== undefined) yield decode();
}
