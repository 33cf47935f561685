/** What a page and its worker say to each other. */
import type { ErrorCode } from './errors.js';
import type { EmbedderFiles, ProgressEvent, Source, WasmSource } from './types.js';

/** `LoadOptions`, as far as they can be cloned. */
export interface WorkerLoad {
  index?: Source | undefined;
  embedder?: string | EmbedderFiles | null | undefined;
  wasm?: WasmSource | undefined;
}

/** The router's methods that a worker answers, all of them asynchronous. */
export const WORKER_METHODS = [
  'route',
  'routeTask',
  'routeVector',
  'routeVectors',
  'cascade',
  'cascadeVector',
] as const;
export type WorkerMethod = (typeof WORKER_METHODS)[number];

export type WorkerRequest =
  | { id: number; call: 'load'; options: WorkerLoad }
  | { id: number; call: WorkerMethod; input: unknown; options: unknown }
  | { id: number; call: 'dispose' }
  /** Aborts the call of this id. */
  | { id: number; call: 'abort' };

export type WorkerProgress = ProgressEvent | { done: number; total: number };

export type WorkerAnswer =
  | { id: number; value: unknown }
  | { id: number; error: { code: ErrorCode; message: string } }
  | { id: number; progress: WorkerProgress };
