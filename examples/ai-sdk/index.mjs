import { openai } from '@ai-sdk/openai';
import { generateText } from 'ai';
import { Router } from 'signalbox';
import { signalbox } from 'signalbox/ai-sdk';

const names = ['gpt-5.5', 'gpt-5-mini', 'gpt-5-nano'];
const model = signalbox({
  router: () => Router.load(),
  models: Object.fromEntries(names.map((name) => [name, openai(name)])),
});

const { text, providerMetadata } = await generateText({ model, prompt: 'Prove that sqrt(2) is irrational' });
console.log(text);
console.log(providerMetadata.signalbox.model, providerMetadata.signalbox.reason);
