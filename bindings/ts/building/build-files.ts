/** Builds an index from result files in this thread. */
import { StaticEmbedder } from '../embedding/static-embedder.js';
import { throwIfAborted, tracked } from '../errors.js';
import { concatenate } from '../files/sources.js';
import { fileFromBlob, type InputFile } from '../importing/input-file.js';
import { isBlob } from '../kinds.js';
import { checkOptions } from '../options.js';
import { isEmbedder } from '../routing/inputs.js';
import { type Steps, turn } from '../steps.js';
import type { Embedder } from '../types.js';
import { type Lab, loadLab } from '../wasm/lab-module.js';
import { buildFrom } from './from-files.js';
import { listOfFiles } from './given-files.js';
import { FROM_FILES_KEYS } from './option-keys.js';
import type { BenchmarkFile, BuildFromFilesOptions, BuiltBenchmark } from './types.js';

const isFile = (file: BenchmarkFile): file is File => isBlob(file);

/** Returns a file with its path below the folder that was dropped or chosen. */
export function withPath(file: BenchmarkFile): { file: File; path: string } {
  if (!isFile(file)) return file;
  return { file, path: file.webkitRelativePath || file.name };
}

/** Returns a file of a caller as importers read it. */
export function toInput(file: BenchmarkFile | InputFile): InputFile {
  if ('slice' in file && 'path' in file) return file;
  const { file: blob, path } = withPath(file);
  return fileFromBlob(blob, path);
}

/** The options that say where the work is done, and with which embedder. */
type HereOptions = Pick<BuildFromFilesOptions, 'embedder' | 'wasm' | 'labWasm' | 'signal' | 'onProgress'>;

type BuildEvent = Parameters<NonNullable<BuildFromFilesOptions['onProgress']>>[0];

/** Reports each step, and yields to the event loop in between. */
export function stepsFor(signal: AbortSignal | undefined, onProgress: (event: BuildEvent) => void): Steps {
  let step = '';
  return {
    signal,
    begin: (name) => {
      step = name;
      onProgress({ step, done: 0, total: 0 });
    },
    update: async (done, total) => {
      onProgress({ step, done, total });
      await turn();
      throwIfAborted(signal);
    },
  };
}

/**
 * Does work on files in this thread, with the lab and the embedder of the options; an embedder that was loaded for it is
 * disposed. An error that `onProgress` throws goes before those of the work.
 */
export async function workHere<T>(
  files: Iterable<BenchmarkFile | InputFile>,
  options: HereOptions,
  work: (lab: Lab, inputs: InputFile[], embedder: Embedder, steps: Steps) => Promise<T>,
): Promise<T> {
  const list = listOfFiles(files);
  const { signal } = options;
  const progress = tracked(options.onProgress);
  const lab = await loadLab(options.labWasm, { signal });
  const given = options.embedder;
  const embedder = isEmbedder(given) ? given : await StaticEmbedder.load(given, { wasm: options.wasm, signal });
  try {
    return await work(lab, list.map(toInput), embedder, stepsFor(signal, progress.call));
  } catch (cause) {
    progress.rethrow();
    throw cause;
  } finally {
    if (embedder !== given) embedder.dispose?.();
  }
}

/**
 * Builds an index in this thread; pages should prefer `buildInWorker`. The files may be of
 * several tools (`SOURCES`; docs/build.md has an example of each), and tables of one's own; the report says what each of
 * them is. Folders often name models: pass paths along. Nothing leaves the device.
 * Errors: `invalid_argument` (a malformed file, with its line; several metrics without a choice), `truncated`,
 * `size_overflow` (also for files that unpack to disproportionate sizes), `dimension_mismatch`, `non_finite`, `aborted`,
 * `bad_wasm`, `out_of_memory`, `network`.
 *
 * @example
 * ```js
 * const { index, report } = await buildFromFiles(files);
 * const router = await Router.load({ index });
 * ```
 */
export async function buildFromFiles(
  files: Iterable<BenchmarkFile | InputFile>,
  options: BuildFromFilesOptions = {},
): Promise<BuiltBenchmark> {
  checkOptions(options, FROM_FILES_KEYS);
  return workHere(files, options, async (lab, inputs, embedder, steps) => {
    const built = await buildFrom(lab, inputs, { embedder }, options, steps);
    try {
      const index = concatenate(built.index.pieces());
      const choices = options.measure ? await built.measureChoices() : undefined;
      return { index, report: built.report, unpriced: built.prices.unmatched, choices };
    } finally {
      built.index.close();
    }
  });
}
