/** Files as importers see them, in Node and in a page: a path, a size, and bytes by range. */
import { SignalboxError, throwIfAborted } from '../errors.js';
import { concatenate } from '../files/sources.js';
import type { Place } from './records.js';

export interface InputFile {
  /** Relative, with `/` between its parts; folders often name the model. */
  readonly path: string;
  readonly size: number;
  /** Bytes [start, end). */
  slice(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** How a file begins, decompressed: what detection looks at. */
export interface FileHead {
  /** The last part of the path in lower case, without `.gz`. */
  name: string;
  /** At most 64 KiB, as text; what is not UTF-8 is replaced. */
  text: string;
  bytes: Uint8Array;
}

export interface ReadFileOptions {
  signal?: AbortSignal | undefined;
  onBytes?: ((count: number) => void) | undefined;
}

const CHUNK_BYTES = 1 << 20;
const HEAD_BYTES = 1 << 16;
/** What gzip can reach at most is 1032; real benchmarks stay far below. */
const MOST_EXPANSION = 400;
/** Whatever is below this after decompression is never taken for a bomb. */
const HARMLESS_BYTES = 1 << 26;

export const placeText = ({ file, line }: Place): string => (line === undefined ? file : `${file}, line ${line}`);

/** `invalid_argument`, with file and line in front. */
export function badInput(place: Place, reason: string, cause?: unknown): SignalboxError {
  return new SignalboxError('invalid_argument', `${placeText(place)}: ${reason}`, { cause });
}

export function fileFromBytes(path: string, bytes: Uint8Array): InputFile {
  return { path, size: bytes.byteLength, slice: async (start, end) => bytes.slice(start, end) };
}

export function fileFromBlob(blob: Blob, path: string): InputFile {
  return {
    path,
    size: blob.size,
    slice: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}

/** Refuses what grows out of proportion: a few kilobytes that claim to be gigabytes. */
export function expansionGuard(file: string, packedBytes: number): (unpackedBytes: number) => void {
  return (unpackedBytes) => {
    if (unpackedBytes > HARMLESS_BYTES && unpackedBytes > MOST_EXPANSION * packedBytes) {
      throw new SignalboxError(
        'size_overflow',
        `${file}: ${packedBytes} bytes unpack to more than ${unpackedBytes}, expected at most ${MOST_EXPANSION} times as many`,
      );
    }
  };
}

async function* rawChunks(file: InputFile, options: ReadFileOptions): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let start = 0; start < file.size; start += CHUNK_BYTES) {
    throwIfAborted(options.signal);
    const chunk = await file.slice(start, Math.min(start + CHUNK_BYTES, file.size));
    if (chunk.byteLength === 0) throw new SignalboxError('truncated', `${file.path} became shorter while it was read`);
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
    throw new SignalboxError('truncated', `${file.path} is not whole gzip: ${(cause as Error).message}`, { cause });
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** The bytes of a file, piece by piece; gzip is told by its first bytes and unpacked. */
async function* chunksOf(file: InputFile, options: ReadFileOptions = {}): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const start = await file.slice(0, Math.min(2, file.size));
  const chunks = rawChunks(file, options);
  yield* start[0] === 0x1f && start[1] === 0x8b ? gunzip(file, chunks) : chunks;
}

/** Errors: `truncated` for what is no gzip although it begins like it, `aborted`. */
export async function headOf(file: InputFile, options: ReadFileOptions = {}): Promise<FileHead> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const start = await file.slice(0, Math.min(HEAD_BYTES, file.size));
  // Of thousands of files no more than this is read; only what is packed takes a larger piece.
  const plain = start[0] === 0x1f && start[1] === 0x8b ? undefined : [start];
  for await (const chunk of plain ?? chunksOf(file, { signal: options.signal })) {
    parts.push(chunk.subarray(0, HEAD_BYTES - length));
    length += chunk.byteLength;
    if (length >= HEAD_BYTES) break;
  }
  const bytes = concatenate(parts);
  const name = file.path.split('/').at(-1)?.toLowerCase() ?? '';
  return { name: name.replace(/\.gz$/, ''), bytes, text: new TextDecoder().decode(bytes) };
}

/** Text, piece by piece. Errors: `invalid_argument` for what is not UTF-8. */
export async function* textOf(file: InputFile, options: ReadFileOptions = {}): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array<ArrayBuffer>) => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (cause) {
      throw badInput({ file: file.path }, 'not UTF-8', cause);
    }
  };
  for await (const chunk of chunksOf(file, options)) yield decode(chunk);
  yield decode();
}
