/**
 * `signalbox/ai-sdk`: a router as a model, a provider and an embedder of the AI SDK.
 *
 * @module signalbox/ai-sdk
 */

export {
  type ModelOptions,
  type RoutedModel,
  type RoutedProvider,
  type SdkModel,
  signalbox,
  signalboxPrepareStep,
  signalboxProvider,
} from './integrations/ai-sdk.js';
export {
  type EmbeddingModel,
  type EmbeddingModelOptions,
  embedderFrom,
} from './integrations/ai-sdk-embedder.js';
export type { Deciding, RouterSource, RoutingTrace } from './integrations/chooser.js';
