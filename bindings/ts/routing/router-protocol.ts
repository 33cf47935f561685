/** What a page and the worker of its router say to each other. */
import type { EmbedderFiles, ProgressEvent, Source, WasmSource } from '../types.js';
import type { Control } from '../workers/channel.js';

/** `LoadOptions`, as far as they can be cloned. */
export interface WorkerLoad {
  index?: Source | undefined;
  embedder?: string | EmbedderFiles | null | undefined;
  wasm?: WasmSource | undefined;
  cache?: RequestCache | undefined;
}

/** The router's methods that a worker answers, all of them asynchronous. */
export const WORKER_METHODS = [
  'embed',
  'route',
  'routeTask',
  'routeVector',
  'routeVectors',
  'cascade',
  'cascadeVector',
  'samples',
] as const;
export type WorkerMethod = (typeof WORKER_METHODS)[number];

export type WorkerQuestion =
  | { call: 'load'; options: WorkerLoad }
  | { call: WorkerMethod; input: unknown; options: unknown };

export type WorkerRequest = ({ id: number } & WorkerQuestion) | Control;

export type WorkerProgress = ProgressEvent | { done: number; total: number };
