/**
 * `signalbox/openai`: a `fetch` that picks the model of calls in OpenAI's shape.
 *
 * @module signalbox/openai
 */
export type { Deciding, RouterSource, RoutingTrace } from './integrations/chooser.js';
export { type FetchOptions, signalboxFetch } from './integrations/openai.js';
