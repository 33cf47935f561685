/**
 * `signalbox/langchain`: a router as middleware of an agent, and as a chat model. Needs `@langchain/core`.
 *
 * @module signalbox/langchain
 */
export type { Deciding, RouterSource, RoutingTrace } from './integrations/chooser.js';
export {
  type ChatModelLike,
  type LangChainOptions,
  SignalboxChatModel,
  signalboxMiddleware,
} from './integrations/langchain.js';
