export { HumanMessage, SystemMessage } from '@langchain/core/messages';
export { tool } from '@langchain/core/tools';
export { ChatOpenAI } from '@langchain/openai';
export { createAgent, createMiddleware } from 'langchain';
export * as signalbox from 'signalbox/langchain';
export { z } from 'zod';
