/** Shapes of signalbox/build. */

import type { Embedder, EmbedderSource, WasmSource } from '../types.js';
import type { WorkerLike } from '../workers/channel.js';
import type { Choices } from './choices.js';
import type { BuildSettings } from './from-files.js';
import type { BuildReport } from './report.js';

/**
 * A dropped or chosen file. Folder names tell models and runs: pass the path along if the file does not know it
 * (`webkitRelativePath`).
 */
export type BenchmarkFile = File | { file: File; path: string };

/** Options of `buildFromFiles`. */
export interface BuildFromFilesOptions extends BuildSettings {
  /** Default: the shipped one. */
  embedder?: Embedder | EmbedderSource | undefined;
  /** Addresses of `signalbox.wasm` and `signalbox-lab.wasm`, if not beside the package. */
  wasm?: WasmSource | undefined;
  labWasm?: WasmSource | undefined;
  /** Measure the cost of other codes, dimensions and numbers of rows. Default: `false`. */
  measure?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** Called with the progress of a step; its name is for display. */
  onProgress?: ((event: { step: string; done: number; total: number }) => void) | undefined;
}

/** A built index and the report on it. */
export interface BuiltBenchmark {
  /** The bytes of the index, for `Router.load({ index })` or a download. */
  index: Uint8Array<ArrayBuffer>;
  report: BuildReport;
  /** Models without a price in the price list. */
  unpriced: string[];
  choices: Choices | undefined;
}

/** Options of `buildInWorker`. */
export interface BuildInWorkerOptions extends Omit<BuildFromFilesOptions, 'embedder'> {
  /**
   * The address of a Model2Vec folder, or an embedder. An embedder stays on this side, where the worker asks it for
   * vectors, and should have a worker of its own, as `OnnxEmbedder` has. Default: the shipped one.
   */
  embedder?: string | URL | Embedder | undefined;
  /** A worker that runs `signalbox/build-worker-entry`; the build terminates it. By default one is started. */
  worker?: WorkerLike | undefined;
  /** Milliseconds within which the worker has to answer for the first time; default 30,000. */
  startTimeoutMs?: number | undefined;
}
