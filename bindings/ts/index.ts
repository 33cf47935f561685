/** signalbox: routes prompts to the language model that benchmark results predict to be right. */
export { type BuildOptions, buildIndex, type IndexSpec, type ModelSpec } from './building.js';
export type {
  CascadeMove,
  CascadeOptions,
  CascadePlan,
  CascadeStep,
  CascadeValue,
  Verdict,
} from './cascade.js';
export { liveHandles } from './core-module.js';
export { ERROR_CODES, type ErrorCode, SignalboxError } from './errors.js';
export {
  type AdaptableRouter,
  type AdaptedDecision,
  type AdaptOptions,
  type Judgement,
  routeAdapted,
} from './judged.js';
export { type AnyRouter, type RefiningOptions, RefiningRouter, type Staged } from './refining.js';
export { Router } from './router.js';
export { StaticEmbedder, type StaticEmbedderOptions } from './static-embedder.js';
export * from './types.js';
