import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Router } from 'signalbox';
import { root } from '../../scripts/setup.mjs';
import { answerOf, startProvider } from './fake-provider.mjs';
import { installedProject } from './project.mjs';

const NAMES = ['openai/gpt-5.5', 'google/gemini-3-flash', 'anthropic/claude-haiku-4.5'];
const PROMPT = 'Write a SQL query that returns the last order of each customer.';

describe('signalbox in LangChain', async () => {
  const project = await installedProject('langchain');
  const skip = project === undefined && 'skipped: no registry';
  let router;
  let provider;
  let models;

  before(async () => {
    [router, provider] = await Promise.all([Router.load(), startProvider()]);
    if (project === undefined) return;
    const configuration = { baseURL: provider.url };
    const make = (model) => new project.ChatOpenAI({ model, apiKey: 'none', configuration, maxRetries: 0 });
    models = Object.fromEntries(NAMES.map((name) => [name, make(name)]));
  });
  beforeEach(() => {
    provider.requests.length = 0;
    provider.failing.clear();
  });
  after(() => {
    router.dispose();
    provider.close();
  });

  const routed = (options = {}) => new project.signalbox.SignalboxChatModel({ router, models, ...options });
  const pickOf = async (prompt, options = {}) => (await router.route(prompt, { candidates: NAMES, ...options })).model;

  test('compiles with the types of LangChain', { skip }, () => {
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '-p', project.folder], { stdio: 'inherit' });
  });

  test('the chat model asks the model that the router picks', { skip }, async () => {
    const { HumanMessage, SystemMessage } = project;
    const picked = await pickOf(PROMPT);
    const { content, response_metadata } = await routed().invoke([
      new SystemMessage('Be terse.'),
      new HumanMessage(PROMPT),
    ]);
    assert.equal(content, answerOf(picked));
    assert.equal(response_metadata.signalbox.picked, picked);
    const cheap = await routed({ prefer: 'cheap' }).invoke(PROMPT);
    assert.equal(cheap.content, answerOf(await pickOf(PROMPT, { prefer: 'cheap' })));
  });

  test('streams, with the trace in the first chunk', { skip }, async () => {
    const picked = await pickOf(PROMPT);
    const chunks = [];
    for await (const chunk of await routed().stream(PROMPT)) chunks.push(chunk);
    assert.equal(chunks.map(({ content }) => content).join(''), answerOf(picked));
    assert.equal(chunks[0].response_metadata.signalbox.picked, picked);
    assert.ok(chunks.length > 2);
  });

  test('binds tools to each model', { skip }, async () => {
    const weather = project.tool(({ city }) => `rain in ${city}`, {
      name: 'weather',
      description: 'The weather of a city',
      schema: project.z.object({ city: project.z.string() }),
    });
    const { tool_calls } = await routed().bindTools([weather]).invoke(PROMPT);
    assert.deepEqual(
      tool_calls.map(({ name, args }) => [name, args]),
      [['weather', { city: 'Oslo' }]],
    );
  });

  test('asks the next model if one fails, and the fallback without a router', { skip }, async () => {
    const picked = await pickOf(PROMPT);
    provider.failing.set(picked, 500);
    const { content, response_metadata } = await routed({ failover: true }).invoke(PROMPT);
    assert.deepEqual(
      response_metadata.signalbox.failed.map(({ model }) => model),
      [picked],
    );
    assert.equal(content, answerOf(response_metadata.signalbox.model));
    await assert.rejects(routed().invoke(PROMPT), { status: 500 });
    provider.failing.clear();
    const broken = routed({ router: () => Promise.reject(new Error('no index today')), fallback: NAMES[2] });
    assert.equal((await broken.invoke(PROMPT)).content, answerOf(NAMES[2]));
  });

  test('asks the next model if a stream ends before it says anything', { skip }, async () => {
    const picked = await pickOf(PROMPT);
    provider.failing.set(picked, 'break');
    const chunks = [];
    for await (const chunk of await routed({ failover: true }).stream(PROMPT)) chunks.push(chunk);
    const { model, failed } = chunks[0].response_metadata.signalbox;
    assert.deepEqual(
      failed.map((one) => one.model),
      [picked],
    );
    assert.equal(chunks.map(({ content }) => content).join(''), answerOf(model));
  });

  test('the middleware sets the model of an agent', { skip }, async () => {
    const middleware = [project.createMiddleware(project.signalbox.signalboxMiddleware({ router, models }))];
    const agent = project.createAgent({ model: models[NAMES[2]], tools: [], middleware });
    const { messages } = await agent.invoke({ messages: [{ role: 'user', content: PROMPT }] });
    const picked = await pickOf(PROMPT);
    assert.equal(messages.at(-1).content, answerOf(picked));
    assert.equal(messages.at(-1).response_metadata.signalbox.picked, picked);
  });

  test('refuses what is not a chat model', { skip }, () => {
    const message = /'one' is the text 'gpt', expected a chat model/;
    assert.throws(() => routed({ models: { one: 'gpt' } }), { code: 'invalid_argument', message });
  });
});
