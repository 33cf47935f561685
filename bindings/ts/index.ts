/** signalbox: routes prompts to the language model that benchmark results predict to be right. */

export { StaticEmbedder, type StaticEmbedderOptions } from './embedding/static-embedder.js';
export { ERROR_CODES, type ErrorCode, SignalboxError } from './errors.js';
export type {
  CascadeMove,
  CascadeOptions,
  CascadePlan,
  CascadeStep,
  CascadeValue,
  Verdict,
} from './routing/cascade.js';
export {
  type AdaptableRouter,
  type AdaptedDecision,
  type AdaptOptions,
  type Judgement,
  routeAdapted,
} from './routing/feedback.js';
export { type AnyRouter, type RefiningOptions, RefiningRouter, type Staged } from './routing/refining-router.js';
export { Router } from './routing/router.js';
export * from './types.js';
export { liveHandles } from './wasm/core-module.js';
