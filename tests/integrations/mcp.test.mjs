import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { Router } from 'signalbox';
import { root } from '../../scripts/setup.mjs';
import { installedProject } from './project.mjs';

const PROMPT = 'Write a SQL query that returns the last order of each customer.';
const MODELS = ['openai/gpt-5.5', 'google/gemini-3-flash'];

describe('signalbox mcp', async () => {
  const project = await installedProject('mcp');
  const skip = project === undefined && 'skipped: no registry';
  let router;
  let client;

  before(async () => {
    router = await Router.load();
    if (project === undefined) return;
    const command = path.join(project.folder, 'node_modules/signalbox/dist/cli.js');
    client = new project.Client({ name: 'test', version: '1' });
    await client.connect(new project.StdioClientTransport({ command: process.execPath, args: [command, 'mcp'] }));
  });
  after(async () => {
    router.dispose();
    await client?.close();
  });

  const call = (name, input) => client.callTool({ name, arguments: input });

  test('lists its tools', { skip }, async () => {
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map(({ name }) => name),
      ['route_prompt', 'compare_models', 'next_to_label'],
    );
    assert.ok(tools.every(({ annotations }) => annotations.readOnlyHint && !annotations.openWorldHint));
  });

  test('picks what the router picks', { skip }, async () => {
    const { structuredContent, content } = await call('route_prompt', { prompt: PROMPT, models: MODELS });
    const { model, reason } = await router.route(PROMPT, { candidates: MODELS });
    assert.equal(structuredContent.model, model);
    assert.equal(content[0].text, `${model}. ${reason}`);
    const messages = [{ role: 'user', content: PROMPT }];
    assert.equal((await call('route_prompt', { messages, models: MODELS })).structuredContent.model, model);
  });

  test("reads a client's preferences", { skip }, async () => {
    const pick = async (modelPreferences) =>
      (await call('route_prompt', { prompt: PROMPT, modelPreferences })).structuredContent.model;
    const hints = [null, { name: 'no such model' }, { name: 'claude' }];
    assert.match(await pick({ hints }), /^anthropic\/claude/);
    assert.equal(
      await pick({ costPriority: 0, intelligencePriority: 1 }),
      (await router.route(PROMPT, { prefer: 'best' })).model,
    );
    assert.equal(
      await pick({ costPriority: 1, intelligencePriority: 0 }),
      (await router.route(PROMPT, { prefer: 10 })).model,
    );
    assert.equal(await pick({ costPriority: 0.5, intelligencePriority: 0.5 }), (await router.route(PROMPT)).model);
  });

  test('compares models, on average and for a prompt', { skip }, async () => {
    const average = (await call('compare_models', { models: MODELS })).structuredContent.models;
    const means = Object.fromEntries(router.info.models.map(({ name, meanOutcome }) => [name, meanOutcome]));
    assert.deepEqual(
      average.map(({ model, meanOutcome }) => [model, meanOutcome]),
      MODELS.map((name) => [name, means[name]]),
    );
    const { structuredContent } = await call('compare_models', { models: MODELS, prompt: PROMPT });
    const { ranking } = await router.route(PROMPT, { candidates: MODELS });
    for (const { model, pCorrect } of structuredContent.models) {
      assert.equal(pCorrect, ranking.find((ranked) => ranked.model === model).pCorrect);
    }
  });

  test('chooses prompts to grade', { skip }, async () => {
    const prompts = ['one', 'two', 'three', 'four'].map((word) => `Translate the number ${word} into French.`);
    const { structuredContent } = await call('next_to_label', { prompts, n: 2, models: MODELS });
    assert.equal(structuredContent.rows.length, 2);
    assert.ok(structuredContent.rows.every(({ index, prompt }) => prompt === prompts[index]));
  });

  test('says what is wrong with a call', { skip }, async () => {
    const wrong = [
      ['route_prompt', {}, /prompt is undefined, expected a text, or messages \(invalid_argument\)/],
      ['route_prompt', { prompt: PROMPT, models: ['nobody/nothing'] }, /unknown_model/],
      ['route_prompt', { prompt: PROMPT, prefer: 'bset' }, /invalid_argument/],
      ['route_prompt', { prompt: PROMPT, modelPreferences: { costPriority: 7 } }, /priorities from 0 to 1/],
      ['route_prompt', { prompt: PROMPT, candidates: MODELS }, /'candidates' is not known, expected prompt, messages/],
      ['route_prompt', { prompt: PROMPT, model: MODELS }, /'model' is not known, did you mean 'models'/],
      ['route_prompt', { messages: [5] }, /message 0 is 5/],
      ['compare_models', { models: ['openai/gpt-5.5'] }, /at least two/],
      ['compare_models', { models: MODELS, prompt: 5 }, /prompt is 5, expected a text/],
      ['next_to_label', { prompts: 'all', n: 1 }, /invalid_argument/],
      ['no_such_tool', {}, /the tool 'no_such_tool' is not known, expected route_prompt/],
    ];
    for (const [name, input, message] of wrong) {
      const { isError, content } = await call(name, input);
      assert.ok(isError);
      assert.match(content[0].text, message);
    }
  });

  test('says how to start it without the SDK', () => {
    const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'dist/cli.js'), 'mcp'], {
      encoding: 'utf8',
    });
    assert.equal(status, 1);
    assert.match(stderr, /npx -p signalbox -p @modelcontextprotocol\/sdk signalbox mcp/);
  });
});
