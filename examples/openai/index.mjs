import OpenAI from 'openai';
import { Router } from 'signalbox';
import { signalboxFetch } from 'signalbox/openai';

const router = await Router.load();
const client = new OpenAI({
  fetch: signalboxFetch(router, { models: ['gpt-5.5', 'gpt-5-mini', 'gpt-5-nano'] }),
});

const answer = await client.chat.completions.create({
  model: 'auto',
  messages: [{ role: 'user', content: 'Prove that sqrt(2) is irrational' }],
});
console.log(answer.choices[0].message.content);
console.log(answer.signalbox.model, answer.signalbox.reason);
router.dispose();
