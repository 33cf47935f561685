// What a routed model does in the AI SDK, in whichever of its versions.
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

/** Tests one version: the project's name, its specification, and another one that does not mix with it. */
export function testVersion({ project: name, specification, other, leastNode }) {
  const isOld = Number(process.versions.node.split('.')[0]) < leastNode;

  describe(`signalbox in ${name}`, async () => {
    const project = isOld ? undefined : await installedProject(name);
    const skip = project === undefined && (isOld ? `skipped: needs Node ${leastNode}` : 'skipped: no registry');
    const { ai, signalbox: integration } = project ?? {};
    let router;
    let provider;
    let models;

    before(async () => {
      [router, provider] = await Promise.all([Router.load(), startProvider()]);
      if (project === undefined) return;
      const openai = project.createOpenAI({ baseURL: provider.url, apiKey: 'none' });
      const anthropic = project.createAnthropic({ baseURL: provider.url, apiKey: 'none' });
      models = {
        'openai/gpt-5.5': openai('openai/gpt-5.5'),
        'google/gemini-3-flash': openai.chat('google/gemini-3-flash'),
        'anthropic/claude-haiku-4.5': anthropic('anthropic/claude-haiku-4.5'),
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

    const routed = (options = {}) => integration.signalbox({ router, models, ...options });
    const generate = (model, more = {}) => ai.generateText({ model, prompt: PROMPT, maxRetries: 0, ...more });
    const pickOf = async (prompt, options = {}) =>
      (await router.route(prompt, { candidates: NAMES, ...options })).model;

    test('compiles with the types of the SDK', { skip }, () => {
      const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
      execFileSync(process.execPath, [tsc, '-p', project.folder], { stdio: 'inherit' });
    });

    test('answers with the model that the router picks, whatever its protocol', { skip }, async () => {
      for (const picked of NAMES) {
        const corrections = Object.fromEntries(NAMES.map((model) => [model, model === picked ? 1 : -1]));
        const { text, providerMetadata, usage } = await generate(routed({ corrections, prefer: 'best' }));
        assert.equal(text, answerOf(picked));
        assert.equal(providerMetadata.signalbox.model, picked);
        assert.equal(usage.inputTokens, 3);
      }
    });

    test('decides with the options of a call', { skip }, async () => {
      for (const prefer of ['best', 'cheap']) {
        const { providerMetadata } = await generate(routed(), { providerOptions: { signalbox: { prefer } } });
        assert.equal(providerMetadata.signalbox.picked, await pickOf(PROMPT, { prefer }));
      }
    });

    test('streams, with the trace at the end', { skip }, async () => {
      for (const picked of NAMES) {
        const corrections = Object.fromEntries(NAMES.map((model) => [model, model === picked ? 1 : -1]));
        const result = ai.streamText({ model: routed({ corrections, prefer: 'best' }), prompt: PROMPT });
        let text = '';
        for await (const delta of result.textStream) text += delta;
        assert.equal(text, answerOf(picked));
        assert.equal((await result.providerMetadata).signalbox.model, picked);
      }
    });

    test('calls tools, and each step gets the same model', { skip }, async () => {
      const model = routed({ corrections: { 'google/gemini-3-flash': 1 }, prefer: 'best' });
      const weather = ai.tool({
        inputSchema: project.z.object({ city: project.z.string() }),
        execute: ({ city }) => `rain in ${city}`,
      });
      const { steps, text } = await generate(model, {
        tools: { weather },
        stopWhen: ai.stepCountIs?.(3) ?? ai.isStepCount(3),
      });
      assert.equal(steps.length, 2);
      assert.equal(steps[0].toolResults[0].output, 'rain in Oslo');
      assert.equal(text, answerOf('google/gemini-3-flash'));
    });

    test('prepareStep sets the model of each step', { skip }, async () => {
      const prepareStep = integration.signalboxPrepareStep({ router, models });
      const { text } = await generate(models[NAMES[2]], { prepareStep });
      assert.equal(text, answerOf(await pickOf(PROMPT)));
    });

    test('asks the next model if one fails, before the first token', { skip }, async () => {
      const picked = await pickOf(PROMPT);
      provider.failing.set(picked, 500);
      const { text, providerMetadata } = await generate(routed({ failover: true }));
      const { model, failed } = providerMetadata.signalbox;
      assert.deepEqual(
        failed.map((one) => one.model),
        [picked],
      );
      assert.equal(text, answerOf(model));
      const stream = ai.streamText({ model: routed({ failover: true }), prompt: PROMPT, maxRetries: 0 });
      assert.equal(await stream.text, answerOf(model));
      assert.equal((await stream.providerMetadata).signalbox.model, model);
      provider.failing.set(picked, 'break');
      assert.equal(await ai.streamText({ model: routed({ failover: true }), prompt: PROMPT }).text, answerOf(model));
      provider.failing.set(picked, 500);
      await assert.rejects(generate(routed()), { statusCode: 500 });
      for (const name of NAMES) provider.failing.set(name, 503);
      await assert.rejects(generate(routed({ failover: true })), { statusCode: 503 });
    });

    test('never costs an answer: without a router the fallback is asked', { skip }, async () => {
      const broken = () => Promise.reject(new Error('no index today'));
      const { text, providerMetadata } = await generate(routed({ router: broken, fallback: NAMES[2] }));
      assert.equal(text, answerOf(NAMES[2]));
      assert.equal(providerMetadata.signalbox.error.message, 'no index today');
    });

    test('an abort ends the call and asks no other model', { skip }, async () => {
      for (const name of NAMES) provider.failing.set(name, 'hang');
      const controller = new AbortController();
      const call = generate(routed({ failover: true }), { abortSignal: controller.signal });
      const rejected = assert.rejects(call, { name: 'AbortError' });
      while (provider.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
      controller.abort();
      await rejected;
      assert.equal(provider.requests.length, 1);
    });

    test('is a provider with dials, for registries', { skip }, async () => {
      const provided = integration.signalboxProvider({ router, models, costWeight: 1 });
      const registry = ai.createProviderRegistry({ signalbox: provided });
      const { providerMetadata } = await generate(registry.languageModel('signalbox:cheap'));
      assert.equal(providerMetadata.signalbox.picked, await pickOf(PROMPT, { prefer: 'cheap' }));
      const { text } = await generate(registry.languageModel(`signalbox:${NAMES[1]}`));
      assert.equal(text, answerOf(NAMES[1]));
      const isNoModel = (error) => ai.NoSuchModelError.isInstance(error);
      assert.throws(() => provided.languageModel('chaep'), isNoModel);
      assert.throws(() => provided.languageModel('chaep'), /did you mean 'cheap'/);
      assert.throws(() => provided.imageModel('any'), isNoModel);
    });

    test('refuses models of several versions, and what is not a model', { skip }, () => {
      const strange = { ...models[NAMES[1]], doGenerate: () => {}, doStream: () => {}, specificationVersion: other };
      const refuses = (options, message) => assert.throws(() => routed(options), { code: 'invalid_argument', message });
      refuses({ models: { ...models, strange } }, /models of one version/);
      refuses(
        { models: { strange: 'openai/gpt-5.5' } },
        /'strange' is the text 'openai\/gpt-5.5', expected a language model/,
      );
      refuses({ specification: other }, new RegExp(`the models have ${specification}`));
      refuses({ models: {} }, /models is empty/);
    });

    test('only addresses that every model reads are passed on', { skip }, async () => {
      const urls = [{ 'image/*': [/^a$/, /^b$/], 'application/pdf': [/./] }, { 'image/*': [/^b$/] }];
      const stubs = urls.map((supportedUrls) => ({
        specificationVersion: specification,
        supportedUrls,
        doGenerate: () => {},
        doStream: () => {},
      }));
      const model = routed({ models: { one: stubs[0], two: stubs[1] } });
      assert.deepEqual(await model.supportedUrls, { 'image/*': [/^b$/] });
    });

    test('an embedding model becomes an embedder', { skip }, async () => {
      const calls = [];
      const model = {
        specificationVersion: specification,
        provider: 'test',
        modelId: 'tiny',
        maxEmbeddingsPerCall: 2,
        supportsParallelCalls: true,
        doEmbed: async ({ values }) => {
          calls.push(values);
          return { embeddings: values.map((text) => [3, text.length]), warnings: [] };
        },
      };
      const embedder = integration.embedderFrom(model, { dim: 2 });
      const [first, blank, ...others] = await embedder.embed(['four', ' ', 'four', 'four']);
      assert.deepEqual(calls, [['four', 'four'], ['four']]);
      assert.deepEqual([...first.vector], [...Float32Array.of(0.6, 0.8)]);
      assert.deepEqual([...blank.vector], [0, 0]);
      assert.equal(others.length, 2);
      const wrong = integration.embedderFrom(model, { dim: 3 });
      await assert.rejects(wrong.embed(['four']), { code: 'dimension_mismatch' });
      assert.throws(() => integration.embedderFrom({}, { dim: 3 }), { code: 'invalid_argument' });
    });
  });
}
