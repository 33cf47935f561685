// Compiles if the middleware and the chat model are what LangChain takes.
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { ChatOpenAI } from '@langchain/openai';
import { createAgent, createMiddleware } from 'langchain';
import type { Routing } from 'signalbox';
import { SignalboxChatModel, signalboxMiddleware } from 'signalbox/langchain';

declare const router: Routing;
const models = { 'openai/gpt-5.5': new ChatOpenAI({ model: 'gpt-5.5' }) };

export const model: BaseChatModel = new SignalboxChatModel({ router, models, prefer: 'cheap' });
export const middleware = createMiddleware(signalboxMiddleware({ router, models }));
export const agent = createAgent({ model: models['openai/gpt-5.5'], tools: [], middleware: [middleware] });
