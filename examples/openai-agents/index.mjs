import { Agent, Runner } from '@openai/agents-core';
import { OpenAIResponsesModel } from '@openai/agents-openai';
import OpenAI from 'openai';
import { Router } from 'signalbox';
import { signalboxModelProvider } from 'signalbox/openai-agents';

const router = await Router.load();
const client = new OpenAI();
const names = ['gpt-5.5', 'gpt-5-mini', 'gpt-5-nano'];
const models = Object.fromEntries(names.map((name) => [name, new OpenAIResponsesModel(client, name)]));

const runner = new Runner({ modelProvider: signalboxModelProvider({ router, models }), tracingDisabled: true });
const agent = new Agent({ name: 'Helper', model: 'auto' });
const { finalOutput, rawResponses } = await runner.run(agent, 'Prove that sqrt(2) is irrational');
console.log(finalOutput);
console.log(rawResponses[0].providerData.signalbox.model);
router.dispose();
