/** Messages between a page and the worker that builds an index. */
import type { LentEmbedder } from './lent-embedder.js';
import type { BuildInWorkerOptions } from './types.js';

export interface BuildQuestion {
  call: 'build';
  /** Files with their paths: the path below a chosen folder is lost when a file is sent. */
  files: { file: File; path: string }[];
  options: Omit<BuildInWorkerOptions, 'signal' | 'onProgress' | 'worker' | 'startTimeoutMs' | 'embedder'>;
  embedder: string | LentEmbedder | undefined;
}

export type BuildProgress = { step: string; done: number; total: number };
