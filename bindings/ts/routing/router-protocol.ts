/** Messages between a page and the worker of its router. */
import type {
  CacheMode,
  EarlyState,
  EmbedderSource,
  LoadOptions,
  MultilingualState,
  ProgressEvent,
  Source,
  WasmSource,
} from '../types.js';

/** The part of `LoadOptions` that can be cloned. */
export interface WorkerLoad {
  assets?: string | undefined;
  index?: Source | undefined;
  embedder?: EmbedderSource | null | undefined;
  multilingual?: EmbedderSource | undefined;
  wasm?: WasmSource | undefined;
  /** `true` if the bytes of the module came from a `Response`. The worker then checks that they are those of this version. */
  isOwnWasm?: boolean | undefined;
  texts?: string | false | undefined;
  early?: boolean | undefined;
  search?: LoadOptions['search'];
  cache?: CacheMode | undefined;
}

/** Progress of the call `load`; the rest of an early embedder and the table of other languages follow the answer. */
export type LoadEvent = ProgressEvent | { multilingual: MultilingualState } | { early: EarlyState };

/** The asynchronous methods of `Routing`, which a worker answers. */
export const WORKER_METHODS = [
  'embed',
  'route',
  'routeMany',
  'routeTask',
  'nextLabels',
  'cascade',
  'samples',
  'texts',
] as const;
export type WorkerMethod = (typeof WORKER_METHODS)[number];

export type RouterQuestion =
  | { call: 'load'; options: WorkerLoad }
  | { call: WorkerMethod; input: unknown; options: unknown };
