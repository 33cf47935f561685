/** The script of the worker that `buildInWorker` starts. */

import { buildFromFiles } from './building/build-files.js';
import type { ImportersAnswer, ImportersRequest } from './building/build-protocol.js';
import { borrowEmbedder } from './building/lent-embedder.js';
import { SignalboxError } from './errors.js';
import { fileFromBlob } from './importing/input-file.js';

/** Between two messages of progress. */
const PAUSE_MS = 50;

interface Scope {
  postMessage(message: ImportersAnswer, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: { data: ImportersRequest }) => void): void;
}

const scope = globalThis as unknown as Scope;

scope.addEventListener('message', async ({ data: { files, options, embedder: given } }) => {
  let last = 0;
  let lastStep = '';
  const onProgress = (progress: { step: string; done: number; total: number }) => {
    const now = Date.now();
    if (progress.step === lastStep && now - last < PAUSE_MS && progress.done < progress.total) return;
    last = now;
    lastStep = progress.step;
    scope.postMessage({ progress });
  };
  try {
    const inputs = files.map(({ file, path }) => fileFromBlob(file, path));
    const embedder = typeof given === 'object' ? borrowEmbedder(given) : given;
    const value = await buildFromFiles(inputs, { ...options, embedder, onProgress });
    scope.postMessage({ value }, [value.index.buffer]);
  } catch (cause) {
    const code = cause instanceof SignalboxError ? cause.code : 'internal';
    scope.postMessage({ error: { code, message: cause instanceof Error ? cause.message : String(cause) } });
  }
});
