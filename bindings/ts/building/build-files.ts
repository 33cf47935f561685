/** Builds an index from result files: in this thread, or in a worker of its own. */

import { StaticEmbedder } from '../embedding/static-embedder.js';
import { abortable, errorFrom, SignalboxError, throwIfAborted } from '../errors.js';
import { concatenate } from '../files/sources.js';
import { fileFromBlob, type InputFile } from '../importing/input-file.js';
import { isEmbedder } from '../routing/prompts.js';
import type { Steps } from '../steps.js';
import { loadLab } from '../wasm/lab-module.js';
import { resolveAddress } from '../workers/channel.js';
import type { ImportersAnswer, ImportersRequest } from './build-protocol.js';
import { buildFrom } from './from-files.js';
import { lendEmbedder } from './lent-embedder.js';
import type { BenchmarkFile, BuildFromFilesOptions, BuildInWorkerOptions, BuiltBenchmark } from './types.js';

const isBlob = (file: unknown): file is File => typeof Blob !== 'undefined' && file instanceof Blob;

function withPath(file: BenchmarkFile): { file: File; path: string } {
  return isBlob(file) ? { file, path: file.webkitRelativePath || file.name } : file;
}

function toInput(file: BenchmarkFile | InputFile): InputFile {
  if ('slice' in file && 'path' in file) return file;
  const { file: blob, path } = withPath(file);
  return fileFromBlob(blob, path);
}

/** Tells each step, and lets the events of the thread in between. */
function stepsFor({ signal, onProgress }: BuildFromFilesOptions): Steps {
  let step = '';
  return {
    signal,
    begin: (name) => {
      step = name;
      onProgress?.({ step, done: 0, total: 0 });
    },
    update: async (done, total) => {
      onProgress?.({ step, done, total });
      await new Promise((resolve) => setTimeout(resolve));
      throwIfAborted(signal);
    },
  };
}

/**
 * Builds an index in this thread (`InputFile`: bytes from elsewhere); see `buildInWorker` for pages. Files of one source together: HELM run folders, sample logs of
 * lm-evaluation-harness, OpenCompass, inspect_ai, AlpacaEval, RouterBench, RouteLLM, MixInstruct, LLMRouter, LLMRouterBench, or tables
 * (`SOURCES`). Nothing leaves the device.
 * Errors: `invalid_argument` (a file that is not what it seems, with its line; several metrics and no choice between them),
 * `truncated`, `size_overflow` (also for files that unpack to out-of-proportion sizes), `dimension_mismatch`, `non_finite`, `aborted`, `bad_wasm`,
 * `out_of_memory`, `network`.
 */
export async function buildFromFiles(
  files: Iterable<BenchmarkFile | InputFile>,
  options: BuildFromFilesOptions = {},
): Promise<BuiltBenchmark> {
  const { signal } = options;
  const lab = await loadLab(options.labWasm, { signal });
  const given = options.embedder;
  const embedder = isEmbedder(given) ? given : await StaticEmbedder.load(given, { wasm: options.wasm, signal });
  try {
    const built = await buildFrom(lab, [...files].map(toInput), { embedder }, options, stepsFor(options));
    try {
      const index = concatenate(built.index.pieces());
      const choices = options.measure ? await built.measureChoices() : undefined;
      return { index, report: built.report, unpriced: built.prices.unmatched, choices };
    } finally {
      built.index.close();
    }
  } finally {
    if (embedder !== given) embedder.dispose?.();
  }
}

/** What the worker answers, once. */
function answerOf(worker: Worker, onProgress: BuildInWorkerOptions['onProgress']) {
  let fail: (cause: unknown) => void = () => {};
  const built = new Promise<BuiltBenchmark>((resolve, reject) => {
    fail = reject;
    worker.addEventListener('message', ({ data }: MessageEvent<ImportersAnswer>) => {
      if ('progress' in data) onProgress?.(data.progress);
      else if ('error' in data) reject(errorFrom(data.error.code, data.error.message));
      else resolve(data.value);
    });
    worker.addEventListener('error', ({ message }) => {
      reject(new SignalboxError('network', `the worker could not be started: ${message ?? 'no reason is known'}`));
    });
  });
  return { built, fail };
}

/** The worker has another base for addresses. */
const toPlace = <T>(source: T) =>
  typeof source === 'string' || source instanceof URL ? resolveAddress(source) : (source as Exclude<T, URL>);

function send(worker: Worker, request: ImportersRequest, transfer: Transferable[]): void {
  try {
    worker.postMessage(request, transfer);
  } catch (cause) {
    throw new SignalboxError('invalid_argument', `the options cannot move to a worker: ${String(cause)}`, { cause });
  }
}

/**
 * `buildFromFiles` in a worker of its own, which ends with the build: the page stays free, and an abort frees everything at once.
 * Errors: as `buildFromFiles`; what an embedder of this side throws, as it was thrown.
 */
export async function buildInWorker(
  files: Iterable<BenchmarkFile>,
  { signal, onProgress, worker: given, embedder, wasm, labWasm, ...rest }: BuildInWorkerOptions = {},
): Promise<BuiltBenchmark> {
  if (signal?.aborted) given?.terminate();
  throwIfAborted(signal);
  if (given === undefined && typeof Worker === 'undefined') {
    throw new SignalboxError('invalid_argument', 'there are no workers here: use buildFromFiles, or give a worker');
  }
  const worker = given ?? new Worker(new URL('../build-worker-entry.js', import.meta.url), { type: 'module' });
  const { built, fail } = answerOf(worker, onProgress);
  const lending = isEmbedder(embedder) ? lendEmbedder(embedder, fail) : undefined;
  try {
    const request = {
      files: [...files].map(withPath),
      options: { ...rest, wasm: toPlace(wasm), labWasm: toPlace(labWasm) },
      embedder: isEmbedder(embedder) ? lending?.lent : toPlace(embedder),
    };
    send(worker, request, lending === undefined ? [] : [lending.lent.port]);
    return await abortable(built, signal);
  } finally {
    worker.terminate();
    lending?.close(signal?.reason);
  }
}
