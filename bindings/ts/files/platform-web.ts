/** Opens addresses by `fetch`: in pages, workers and edge runtimes. platform-node.ts replaces this in Node.js. */
import { abortable, errorFrom, SignalboxError } from '../errors.js';
import { shortAddress, shortCause } from './describe.js';
import { hintFor } from './pre-bundled.js';

export interface OpenFile {
  /** Length in bytes, if it is known before the file is read. */
  size: number | undefined;
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

async function* chunksOf(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      // A response from the caller does not know the signal; and Node's fetch may leave a read pending forever if it is
      // aborted after the whole body arrived.
      const { done, value } = await abortable(reader.read(), signal);
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** Opens bytes that the browser may hold on the disk. */
export function openBlob(blob: Blob, signal: AbortSignal | undefined): OpenFile {
  return { size: blob.size, chunks: chunksOf(blob.stream(), signal) };
}

/** Cancels a body that nobody reads, which would keep its connection open. */
export function discard(response: Response | undefined): void {
  response?.body?.cancel().catch(() => undefined);
}

/** Responses without a status. */
const UNREADABLE = {
  opaque: "is opaque: it was fetched from another origin in the mode 'no-cors', which hides its bytes",
  opaqueredirect: "is a redirect that was not followed: fetch it without redirect: 'manual'",
  error: 'is a network error',
};

/** Opens a response; refuses an error or an HTML page. Errors: `network`, `aborted`. */
export function openResponse(response: Response, signal: AbortSignal | undefined): OpenFile {
  const where = response.url === '' ? 'the response' : shortAddress(response.url);
  const isPage = response.headers.get('content-type')?.startsWith('text/html') === true;
  if (response.type === 'opaque' || response.type === 'opaqueredirect' || response.type === 'error') {
    throw new SignalboxError('network', `${where} ${UNREADABLE[response.type]}`);
  }
  if (!response.ok || isPage) {
    discard(response);
    const what = response.ok ? 'is an HTML page, expected a file' : `answered ${response.status}`;
    throw new SignalboxError('network', `${where} ${what}${hintFor(where)}`);
  }
  // With a content encoding, the length is that of the compressed bytes.
  const length = response.headers.get('content-encoding') ? null : response.headers.get('content-length');
  const size = length === null ? undefined : Number(length);
  return { size, chunks: response.body === null ? [] : chunksOf(response.body, signal) };
}

/** Opens an address. Errors: `network`; an abort rejects with the signal's reason. */
export async function openUrl(url: string, signal: AbortSignal | undefined, cache?: RequestCache): Promise<OpenFile> {
  let response: Response;
  try {
    response = await fetch(url, { ...(signal && { signal }), ...(cache && { cache }) });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw Object.assign(errorFrom('network', `${shortAddress(url)} could not be fetched: ${shortCause(cause)}`), {
      cause,
    });
  }
  return openResponse(response, signal);
}

/** Decompresses a gzip stream. Rejects with the platform's error if it is damaged or incomplete. Errors: `network` where that is impossible. */
export async function* gunzip(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (typeof DecompressionStream === 'undefined') {
    throw new SignalboxError('network', 'there is no DecompressionStream here: give the files decompressed');
  }
  const { readable, writable } = new DecompressionStream('gzip');
  const writer = writable.getWriter();
  const write = async () => {
    try {
      for await (const chunk of packed) await writer.write(chunk as Uint8Array<ArrayBuffer>);
      await writer.close();
    } catch (cause) {
      // The reader receives the error.
      await writer.abort(cause).catch(() => undefined);
    }
  };
  write();
  const reader = readable.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Ends the writing, too, with the next chunk.
    await reader.cancel().catch(() => undefined);
  }
}

/** Pages without workers have no threads either. Errors: `invalid_argument`. */
export function startThread(_script: string): never {
  throw new SignalboxError('invalid_argument', 'there are no workers here: pass one, or do without');
}

/** Returns the port of the worker that this script runs in: its global scope. */
export function ownPort(): Pick<MessagePort, 'postMessage' | 'addEventListener'> {
  return globalThis as unknown as MessagePort;
}
