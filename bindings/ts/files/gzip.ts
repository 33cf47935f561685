/** Decompresses gzip streams. The package's index and embedder are such, since few hosts compress their types. */
import { gunzip } from '#platform';
import { SignalboxError } from '../errors.js';
import { shortCause } from './describe.js';

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The first bytes of a gzip stream: its magic number, and the only method of compression that there is. */
const START = [0x1f, 0x8b, 8] as const;

const startsGzip = (bytes: Uint8Array) => START.every((byte, i) => bytes[i] === byte);

/** Reads chunks until the kind of the stream is known. */
async function beginningOf(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let beginning = new Uint8Array();
  while (beginning.byteLength < START.length) {
    const { done, value } = await chunks.next();
    if (done) break;
    if (beginning.byteLength === 0) {
      beginning = value as Uint8Array<ArrayBuffer>;
      continue;
    }
    const joined = new Uint8Array(beginning.byteLength + value.byteLength);
    joined.set(beginning);
    joined.set(value, beginning.byteLength);
    beginning = joined;
  }
  return beginning;
}

async function* join(beginning: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (beginning.byteLength > 0) yield beginning;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

async function* iterate(chunks: Chunks): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** Decompresses a stream; errors of `packed` itself stay. Errors: `bad_checksum` for a stream that is damaged. */
async function* unpack(packed: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  let failure: { cause: unknown } | undefined;
  async function* watched() {
    try {
      yield* packed;
    } catch (cause) {
      failure = { cause };
      throw cause;
    }
  }
  try {
    yield* gunzip(watched());
  } catch (cause) {
    if (failure !== undefined) throw failure.cause;
    if (cause instanceof SignalboxError) throw cause;
    const message = `${name} is a gzip file that is damaged or cut off: ${shortCause(cause)}`;
    throw new SignalboxError('bad_checksum', message, { cause });
  }
}

/** Returns the chunks of a stream, decompressed if it is a gzip stream, and whether it is one. */
export async function gunzipped(
  stream: Chunks,
  name: string,
): Promise<{ isGzip: boolean; chunks: AsyncGenerator<Uint8Array> }> {
  const rest = iterate(stream);
  const beginning = await beginningOf(rest);
  const whole = join(beginning, rest);
  return startsGzip(beginning) ? { isGzip: true, chunks: unpack(whole, name) } : { isGzip: false, chunks: whole };
}
