/** Opens files in Node.js: paths and file: addresses from the disk, other addresses as in a page. */
import { open } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parentPort, Worker } from 'node:worker_threads';
import { createGunzip } from 'node:zlib';
import { ROOT } from '../root-node.js';
import { shortAddress } from './describe.js';
import { diskError } from './disk/errors.js';
import { type OpenFile, openUrl as openWebUrl, ownPort as ownWebPort } from './platform-web.js';

export { discard, type OpenFile, openBlob, openResponse } from './platform-web.js';

const CHUNK_BYTES = 1 << 20;

async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    for (;;) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Opens an address. Errors: `network`, also for a missing file. */
export async function openUrl(url: string, signal: AbortSignal | undefined, cache?: RequestCache): Promise<OpenFile> {
  if (/^(https?|data|blob):/.test(url)) return openWebUrl(url, signal, cache);
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  try {
    const file = await open(path);
    const { size } = await file.stat().finally(() => file.close());
    return { size, chunks: chunksOf(path) };
  } catch (cause) {
    throw diskError(`${shortAddress(path)} could not be read`, cause);
  }
}

/** Decompresses a gzip stream. Rejects with zlib's error if it is damaged or incomplete. */
export async function* gunzip(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // Iterating rejects with the error of either part.
  yield* pipeline(Readable.from(packed, { objectMode: false }), createGunzip(), () => undefined);
}

/** Starts a script at the root of the package in a thread. */
export function startThread(script: string): Worker {
  // Without the flags of this process, some of which (--input-type) a thread refuses.
  return new Worker(new URL(script, ROOT), { execArgv: [] });
}

/** Returns the port of the thread that this script runs in. */
export function ownPort(): ReturnType<typeof ownWebPort> {
  // Deno and Bun resolve packages as Node.js does, and have the workers of pages, too.
  return (parentPort as unknown as ReturnType<typeof ownWebPort> | null) ?? ownWebPort();
}
