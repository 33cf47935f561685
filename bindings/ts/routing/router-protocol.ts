/** Messages between a page and the worker of its router. */
import type { CacheMode, EmbedderFiles, Source, WasmSource } from '../types.js';

/** The part of `LoadOptions` that can be cloned. */
export interface WorkerLoad {
  assets?: string | undefined;
  index?: Source | undefined;
  embedder?: string | EmbedderFiles | null | undefined;
  multilingual?: string | EmbedderFiles | undefined;
  wasm?: WasmSource | undefined;
  texts?: string | false | undefined;
  cache?: CacheMode | undefined;
}

/** The asynchronous methods of `Routing`, which a worker answers. */
export const WORKER_METHODS = ['embed', 'route', 'routeMany', 'routeTask', 'cascade', 'samples', 'texts'] as const;
export type WorkerMethod = (typeof WORKER_METHODS)[number];

export type RouterQuestion =
  | { call: 'load'; options: WorkerLoad }
  | { call: WorkerMethod; input: unknown; options: unknown };
