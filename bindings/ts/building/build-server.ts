/** The worker's half of `buildInWorker` and the other calls that end in `InWorker`. */
import { fileFromBlob, type InputFile } from '../importing/input-file.js';
import { answerCalls, Moved, type Port } from '../workers/answers.js';
import { lockOfThread } from '../workers/life.js';
import type { BuildProgress, BuildQuestion } from './build-protocol.js';
import { borrowEmbedder } from './lent-embedder.js';

/** Milliseconds between two messages of progress. */
const PAUSE_MS = 50;

/** Passes on the first and last progress of each step, and in between no more than a page can show. */
function throttled(post: (progress: BuildProgress) => void): (progress: BuildProgress) => void {
  let last = Number.NEGATIVE_INFINITY;
  let lastStep = '';
  return (progress) => {
    const now = performance.now();
    if (progress.step === lastStep && now - last < PAUSE_MS && progress.done < progress.total) return;
    last = now;
    lastStep = progress.step;
    post(progress);
  };
}

/** Works that the worker does, by the call that asks for it; each checks its options, and most make an index. */
export type Works = Record<
  BuildQuestion['call'],
  (inputs: InputFile[], options: object) => Promise<{ index?: Uint8Array<ArrayBuffer>; rows?: unknown }>
>;

/** Builds indexes and makes plans for the page at the port. */
export function answerBuilds(port: Port, works: Works): void {
  answerCalls<BuildQuestion>(
    port,
    'build',
    async (request, { signal, onProgress }) => {
      if (request.call === 'dispose') return null;
      const inputs = request.files.map(({ file, path }) => fileFromBlob(file, path));
      const embedder = typeof request.embedder === 'object' ? borrowEmbedder(request.embedder) : request.embedder;
      const options = { ...request.options, embedder, signal, onProgress: throttled(onProgress) };
      const built = await works[request.call](inputs, options);
      return new Moved(built, built.index === undefined ? [] : [built.index.buffer]);
    },
    lockOfThread,
  );
}
