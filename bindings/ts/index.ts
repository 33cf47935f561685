/**
 * signalbox routes prompts to the language model that benchmark results predict to be right.
 *
 *     import { Router } from 'signalbox';
 *
 *     const router = await Router.load();
 *     const { model, reason, price } = await router.route('How many prime numbers lie between 10 and 50?');
 *     console.log(model, reason, price.usdPerMTok);
 *     router.dispose();
 *
 * Routers in a worker are in `signalbox/worker`, sentence transformers in `signalbox/onnx`, building in `signalbox/build`.
 */

// Embedders
export { StaticEmbedder, type StaticEmbedderOptions } from './embedding/static-embedder.js';
// Errors and leaks
export { ERROR_CODES, type ErrorCode, SignalboxError } from './errors.js';
// Feedback of the user
export {
  type DecisionWithFeedback,
  type Feedback,
  type FeedbackOptions,
  routeWithFeedback,
} from './routing/feedback.js';
// Prices
export { type ModelPrice, matchPrices, readPriceList } from './routing/prices.js';
// Two embedders, one fast and one good
export { type RefiningOptions, RefiningRouter, type Staged } from './routing/refining-router.js';
// Routing
export { Router } from './routing/router.js';
// Serving a router to other threads
export { answerPort } from './routing/router-server.js';
// Reasons of a decision
export { sourceWords } from './routing/words.js';
// Contents of an index
export type {
  CascadeMove,
  CascadeOptions,
  CascadePlan,
  CascadeStep,
  CascadeValue,
  CodeType,
  Coverage,
  Decision,
  Embedder,
  EmbedderDetails,
  EmbedderFiles,
  EmbedderIdentity,
  EmbedderSource,
  Embedding,
  EmbedOptions,
  ExclusionReason,
  FallbackReason,
  IndexInfo,
  Label,
  LoadOptions,
  ModelInfo,
  Neighbour,
  OnProgress,
  Policy,
  Price,
  ProgressEvent,
  RankedModel,
  Reasons,
  RouteInput,
  RouteInputs,
  RouteManyOptions,
  RouteOptions,
  RouteTaskOptions,
  Routing,
  RoutingConstants,
  Samples,
  SamplesOptions,
  Source,
  TaskDecision,
  TaskRankedModel,
  Verdict,
  WasmSource,
} from './types.js';
export { CODE_TYPES, EXCLUSION_REASONS, FALLBACK_REASONS, POLICIES } from './types.js';
export { liveHandles } from './wasm/core-module.js';
