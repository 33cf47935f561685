// Compiles if the provider is what the Agents SDK takes.
import { Agent, type ModelProvider, Runner } from '@openai/agents-core';
import { OpenAIChatCompletionsModel } from '@openai/agents-openai';
import OpenAI from 'openai';
import type { Routing } from 'signalbox';
import { signalboxModelProvider } from 'signalbox/openai-agents';

declare const router: Routing;
const models = { 'openai/gpt-5.5': new OpenAIChatCompletionsModel(new OpenAI(), 'gpt-5.5') };

export const modelProvider: ModelProvider = signalboxModelProvider({ router, models, prefer: 'cheap' });
export const runner = new Runner({ modelProvider });
export const agent = new Agent({ name: 'Helper', model: 'auto' });
