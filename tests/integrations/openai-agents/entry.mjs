export { Agent, Runner, setTracingDisabled, tool } from '@openai/agents-core';
export { OpenAIChatCompletionsModel, OpenAIResponsesModel } from '@openai/agents-openai';
export { default as OpenAI } from 'openai';
export * as signalbox from 'signalbox/openai-agents';
export { z } from 'zod';
