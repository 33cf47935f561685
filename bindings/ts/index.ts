/**
 * signalbox routes prompts to the language model that benchmark results predict to be right.
 *
 * Routers in a worker are in `signalbox/worker`, sentence transformers in `signalbox/onnx`, building in `signalbox/build`.
 *
 * @module signalbox
 *
 * @example
 * ```js
 * import { Router } from 'signalbox';
 *
 * const router = await Router.load();
 * const { model, reason, price } = await router.route('How many prime numbers lie between 10 and 50?');
 * console.log(model, reason, price.usdPerMTok);
 * router.dispose();
 * ```
 */

// biome-ignore-all assist/source/organizeImports: the order of this file is the reader's

// Routing
export { Router } from './routing/router.js';
export {
  type Decision,
  type Label,
  type LoadOptions,
  type EarlyState,
  type MultilingualState,
  type Neighbour,
  type OnProgress,
  POLICIES,
  PREFERENCES,
  type Policy,
  type Preference,
  type Price,
  type ProgressEvent,
  type RankedModel,
  type RouteInput,
  type RouteInputs,
  type RouteManyOptions,
  type RouteOptions,
  type RouteTaskOptions,
  type Routing,
  type RoutingConstants,
  type CacheMode,
  type CompiledModule,
  type DatedPrice,
  type Source,
  type TaskDecision,
  type TaskRankedModel,
  type WasmSource,
} from './types.js';

// Conversations, needs and budgets
export {
  CONVERSATION_REASONS,
  type Conversation,
  type ConversationFacts,
  type ConversationOutcome,
  type ConversationReason,
  type ConversationState,
  MODALITIES,
  type Modality,
  type Needs,
} from './types.js';
export { type PacedPick, Pacer, type PacerOptions } from './routing/pacer.js';

// Reasons of a decision
export {
  type Coverage,
  EXCLUSION_REASONS,
  type ExclusionReason,
  FALLBACK_REASONS,
  type FallbackReason,
  NOTE_CODES,
  type Note,
  type NoteCode,
  type Reasons,
  type Kind,
  STRENGTHS,
  type Strength,
  UNREAD_CAUSES,
  type UnreadCause,
} from './types.js';
export { strengthOf } from './routing/chance.js';
export { dateWords, perThousandWords } from './routing/price-words.js';
export { sourceWords, taskLabel } from './routing/words.js';

// Cascades: several models, one after the other
export type {
  CascadeMove,
  CascadeOptions,
  CascadePlan,
  CascadeStep,
  CascadeValue,
  Verdict,
} from './types.js';

export { agreementOf, type Judge, type JudgedAnswer, learnJudge, verdictOf } from './routing/judges.js';

// Which prompts to grade next
export {
  type Answers,
  type NextLabel,
  type NextLabels,
  type NextLabelsOptions,
  NOTHING_LEFT,
  type NothingLeft,
  SELECTED_BY,
  type SelectedBy,
} from './types.js';

// User feedback
export {
  type DecisionWithFeedback,
  type Feedback,
  type FeedbackOptions,
  routeWithFeedback,
} from './routing/feedback.js';

// Two embedders, one fast, one accurate
export { type RefiningOptions, RefiningRouter, type Staged } from './routing/refining-router.js';

// Contents of an index
export {
  CODE_TYPES,
  type CodeType,
  type IndexInfo,
  type ModelInfo,
  type ModelRecord,
  type Samples,
  type SamplesOptions,
  type TaskInfo,
  type TaskRecord,
  type TextsOptions,
} from './types.js';

// Embedders
export { languageOf } from './embedding/languages.js';
export { StaticEmbedder, type StaticEmbedderOptions } from './embedding/static-embedder.js';
export type {
  Embedder,
  EmbedderDetails,
  EmbedderFiles,
  EmbedderIdentity,
  EmbedderSource,
  Embedding,
  EmbedOptions,
  LanguageTable,
} from './types.js';

// Prices
export {
  type ListedPrice,
  type PriceList,
  type PriceListKind,
  type PriceListOptions,
  readPriceList,
} from './routing/price-list.js';
export { type MatchedPrices, matchPrices } from './routing/price-match.js';

// Serving a router to other threads
export { answerPort } from './routing/router-server.js';
export type { Port } from './workers/answers.js';

// Errors and leaks
export { ERROR_CODES, type ErrorCode, SignalboxError } from './errors.js';
export { liveHandles } from './wasm/core-module.js';
