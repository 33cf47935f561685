/** The shapes of signalbox/build. */

import type { Embedder, EmbedderSource, WasmSource } from '../types.js';
import type { Choices } from './choices.js';
import type { BuildSettings } from './from-files.js';
import type { BuildReport } from './report.js';

/** A file that was dropped or chosen. Folders name models and runs: where the file itself does not know its path below what was
 * dropped (`webkitRelativePath`), it is given beside it. */
export type BenchmarkFile = File | { file: File; path: string };

export interface BuildFromFilesOptions extends BuildSettings {
  /** Default: the one that the package ships. */
  embedder?: Embedder | EmbedderSource | undefined;
  /** Where `signalbox.wasm` and `signalbox-lab.wasm` are, if not beside the package. */
  wasm?: WasmSource | undefined;
  labWasm?: WasmSource | undefined;
  /** Whether to measure what other choices of codes, dimensions and rows would cost. Default: no. */
  measure?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** `done` of `total` of a step, whose name is for people. */
  onProgress?: ((event: { step: string; done: number; total: number }) => void) | undefined;
}

export interface BuiltBenchmark {
  /** The bytes of the index, for `Router.load({ index })` or a download. */
  index: Uint8Array<ArrayBuffer>;
  report: BuildReport;
  /** Models without a price in the list. */
  unpriced: string[];
  choices: Choices | undefined;
}

export interface BuildInWorkerOptions extends Omit<BuildFromFilesOptions, 'embedder'> {
  /**
   * The address of a Model2Vec folder, or an embedder. An embedder stays on this side, where the worker asks it for vectors,
   * and should have a worker of its own, as `OnnxEmbedder` has. Default: the one that the package ships.
   */
  embedder?: string | URL | Embedder | undefined;
  /** A worker that runs `signalbox/build-worker-entry`; it is ended with the build. By default one is started. */
  worker?: Worker | undefined;
}
