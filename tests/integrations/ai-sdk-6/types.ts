// Compiles if a routed model, provider and embedder are what this version of the SDK takes.
import { anthropic } from '@ai-sdk/anthropic';
import { openai } from '@ai-sdk/openai';
import type { LanguageModelV3, ProviderV3 } from '@ai-sdk/provider';
import { createProviderRegistry, customProvider, generateText } from 'ai';
import type { Embedder, Routing } from 'signalbox';
import { embedderFrom, signalbox, signalboxPrepareStep, signalboxProvider } from 'signalbox/ai-sdk';

declare const router: Routing;
const models = { 'openai/gpt-5.5': openai('gpt-5.5'), 'anthropic/claude-opus-5': anthropic('claude-opus-5') };

export const model: LanguageModelV3 = signalbox({ router, models, prefer: 'cheap', specification: 'v3' });
export const provider: ProviderV3 = signalboxProvider({ router, models });
export const registry = createProviderRegistry({ signalbox: signalboxProvider({ router, models }) });
export const custom = customProvider({ languageModels: { auto: model }, fallbackProvider: openai });
export const answer = generateText({ model, prompt: '', prepareStep: signalboxPrepareStep({ router, models }) });
export const embedder: Embedder = embedderFrom(openai.embeddingModel('text-embedding-3-small'), { dim: 1536 });
