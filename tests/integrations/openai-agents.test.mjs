import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Router } from 'signalbox';
import { root } from '../../scripts/setup.mjs';
import { answerOf, startProvider } from './fake-provider.mjs';
import { installedProject } from './project.mjs';

const NAMES = ['openai/gpt-5.5', 'google/gemini-3-flash'];
const PROMPT = 'Write a SQL query that returns the last order of each customer.';

describe('signalbox in the OpenAI Agents SDK', async () => {
  const project = await installedProject('openai-agents');
  const skip = project === undefined && 'skipped: no registry';
  let router;
  let provider;
  let models;

  before(async () => {
    [router, provider] = await Promise.all([Router.load(), startProvider()]);
    if (project === undefined) return;
    project.setTracingDisabled(true);
    const client = new project.OpenAI({ baseURL: provider.url, apiKey: 'none', maxRetries: 0 });
    models = {
      [NAMES[0]]: new project.OpenAIResponsesModel(client, NAMES[0]),
      [NAMES[1]]: new project.OpenAIChatCompletionsModel(client, NAMES[1]),
    };
  });
  beforeEach(() => {
    provider.requests.length = 0;
    provider.failing.clear();
  });
  after(() => {
    router.dispose();
    provider.close();
  });

  const run = (options = {}, more = {}) => {
    const modelProvider = project.signalbox.signalboxModelProvider({ router, models, ...options });
    const agent = new project.Agent({ name: 'Helper', model: 'auto' });
    return new project.Runner({ modelProvider }).run(agent, PROMPT, more);
  };
  /** Options under which the router picks this model. */
  const picking = (picked) => ({
    corrections: Object.fromEntries(NAMES.map((name) => [name, name === picked ? 1 : -1])),
    prefer: 'best',
  });

  test('compiles with the types of the SDK', { skip }, () => {
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '-p', project.folder], { stdio: 'inherit' });
  });

  test('asks the model that the router picks, of either kind', { skip }, async () => {
    for (const picked of NAMES) {
      const { finalOutput, rawResponses } = await run(picking(picked));
      assert.equal(finalOutput, answerOf(picked));
      assert.equal(rawResponses[0].providerData.signalbox.picked, picked);
    }
  });

  test('streams', { skip }, async () => {
    for (const picked of NAMES) {
      const result = await run(picking(picked), { stream: true });
      const events = [];
      for await (const event of result) if (event.type === 'raw_model_stream_event') events.push(event.data);
      const deltas = events.filter(({ type }) => type === 'output_text_delta');
      assert.equal(deltas.map(({ delta }) => delta).join(''), answerOf(picked));
      const { response } = events.find(({ type }) => type === 'response_done');
      assert.equal(response.providerData.signalbox.picked, picked);
    }
  });

  test('asks the next model if one fails, and the fallback without a router', { skip }, async () => {
    provider.failing.set(NAMES[0], 500);
    const { finalOutput, rawResponses } = await run({ ...picking(NAMES[0]), failover: true });
    assert.equal(finalOutput, answerOf(NAMES[1]));
    assert.deepEqual(
      rawResponses[0].providerData.signalbox.failed.map(({ model }) => model),
      [NAMES[0]],
    );
    await assert.rejects(run(picking(NAMES[0])));
    const broken = () => Promise.reject(new Error('no index today'));
    assert.equal((await run({ router: broken, fallback: NAMES[1] })).finalOutput, answerOf(NAMES[1]));
  });

  test('asks the next model if a stream ends before it says anything', { skip }, async () => {
    for (const [picked, other] of [NAMES, NAMES.toReversed()]) {
      provider.failing.clear();
      provider.failing.set(picked, 'break');
      const result = await run({ ...picking(picked), failover: true }, { stream: true });
      await result.completed;
      assert.equal(result.finalOutput, answerOf(other));
    }
  });

  test('knows its models by name, and refuses others', { skip }, () => {
    const { getModel } = project.signalbox.signalboxModelProvider({ router, models });
    assert.equal(getModel(NAMES[0]), models[NAMES[0]]);
    assert.throws(() => getModel('openai/gpt-5.4'), {
      code: 'invalid_argument',
      message: /did you mean 'openai\/gpt-5.5'/,
    });
    const wrong = { router, models: { one: {} } };
    assert.throws(() => project.signalbox.signalboxModelProvider(wrong), { code: 'invalid_argument' });
  });
});
