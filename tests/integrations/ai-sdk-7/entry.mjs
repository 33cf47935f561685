export { createAnthropic } from '@ai-sdk/anthropic';
export { createOpenAI } from '@ai-sdk/openai';
export * as ai from 'ai';
export * as signalbox from 'signalbox/ai-sdk';
export { z } from 'zod';
