/**
 * `signalbox/openai-agents`: a router as the model provider of the OpenAI Agents SDK.
 *
 * @module signalbox/openai-agents
 */
export type { Deciding, RouterSource, RoutingTrace } from './integrations/chooser.js';
export {
  type AgentModel,
  type AgentsOptions,
  type AgentsProvider,
  signalboxModelProvider,
} from './integrations/openai-agents.js';
