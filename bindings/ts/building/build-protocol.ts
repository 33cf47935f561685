/** What a page and the worker that builds an index say to each other: one request, progress, one answer. */
import type { ErrorCode } from '../errors.js';
import type { LentEmbedder } from './lent-embedder.js';
import type { BuildInWorkerOptions, BuiltBenchmark } from './types.js';

export interface ImportersRequest {
  /** A file's path below the folder that was chosen does not survive being sent. */
  files: { file: File; path: string }[];
  options: Omit<BuildInWorkerOptions, 'signal' | 'onProgress' | 'worker' | 'embedder'>;
  embedder: string | LentEmbedder | undefined;
}

export type ImportersAnswer =
  | { value: BuiltBenchmark }
  | { error: { code: ErrorCode; message: string } }
  | { progress: { step: string; done: number; total: number } };
