import { ChatOpenAI } from '@langchain/openai';
import { createAgent, createMiddleware } from 'langchain';
import { Router } from 'signalbox';
import { SignalboxChatModel, signalboxMiddleware } from 'signalbox/langchain';

const router = await Router.load();
const names = ['gpt-5.5', 'gpt-5-mini', 'gpt-5-nano'];
const models = Object.fromEntries(names.map((name) => [name, new ChatOpenAI({ model: name })]));

// A chat model, for chains:
const model = new SignalboxChatModel({ router, models });
const { content, response_metadata } = await model.invoke('Prove that sqrt(2) is irrational');
console.log(content);
console.log(response_metadata.signalbox.model, response_metadata.signalbox.reason);

// Middleware, for agents:
const middleware = [createMiddleware(signalboxMiddleware({ router, models }))];
const agent = createAgent({ model: models['gpt-5.5'], tools: [], middleware });
const { messages } = await agent.invoke({ messages: [{ role: 'user', content: 'What is the capital of Mongolia?' }] });
console.log(messages.at(-1).content);
router.dispose();
