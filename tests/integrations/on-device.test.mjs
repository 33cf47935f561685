import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { Router } from 'signalbox';
import { deviceModels, routeWithDevice } from 'signalbox/on-device';

const LOCAL = 'google/gemma-3n-e4b';
const CLOUD = 'openai/gpt-5.5';
const PROMPT = 'Translate "good morning" into French.';

describe('models on the device', () => {
  let router;
  before(async () => {
    router = await Router.load();
  });
  after(() => router.dispose());
  afterEach(() => {
    delete globalThis.LanguageModel;
    Object.defineProperty(globalThis, 'navigator', { value: undefined, configurable: true });
  });

  const withBrowser = (state) => {
    globalThis.LanguageModel = { availability: async () => state };
  };
  const withGpu = (adapter) => {
    const navigator = { gpu: { requestAdapter: async () => adapter } };
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  };

  test('have the state that their runtime reports', async () => {
    const stateOf = async (options) => (await deviceModels(options)).map(({ availability }) => availability);
    assert.deepEqual(await deviceModels(), []);
    assert.deepEqual(await stateOf({ browser: LOCAL }), ['unavailable']);
    for (const state of ['available', 'downloadable', 'downloading', 'unavailable']) {
      withBrowser(state);
      assert.deepEqual(await stateOf({ browser: LOCAL }), [state]);
    }
    withBrowser('readily');
    assert.deepEqual(await stateOf({ browser: LOCAL }), ['unavailable']);
    globalThis.LanguageModel = { availability: () => Promise.reject(new Error('off')) };
    assert.deepEqual(await stateOf({ browser: LOCAL }), ['unavailable']);

    const webLlm = { 'qwen/qwen3-4b': 'Qwen3-4B-q4f16_1-MLC', 'qwen/qwen3-1.7b': 'Qwen3-1.7B-q4f16_1-MLC' };
    assert.deepEqual(await stateOf({ webLlm }), ['unavailable', 'unavailable']);
    withGpu({});
    assert.deepEqual(await stateOf({ webLlm }), ['downloadable', 'downloadable']);
    const engine = { hasModelInCache: async (id) => id.startsWith('Qwen3-4B') };
    assert.deepEqual(await stateOf({ webLlm, engine }), ['available', 'downloadable']);
    withGpu(null);
    assert.deepEqual(await stateOf({ webLlm, engine }), ['unavailable', 'unavailable']);
  });

  test('are picked where they suffice', async () => {
    withBrowser('available');
    const device = await deviceModels({ browser: LOCAL });
    const options = { device, candidates: [CLOUD], neighbours: 0 };
    const near = await routeWithDevice(router, PROMPT, { ...options, prefer: 'best' });
    assert.deepEqual([near.model, near.device], [CLOUD, null]);
    const far = await routeWithDevice(router, PROMPT, { ...options, prefer: 100 });
    assert.deepEqual([far.model, far.device], [LOCAL, device[0]]);
    assert.equal(far.price.usdPerMTok, 0);
  });

  test('are left out while they are not there, unless downloads count', async () => {
    withBrowser('downloadable');
    const device = await deviceModels({ browser: LOCAL });
    const options = { device, candidates: { allow: [CLOUD] }, prefer: 100 };
    assert.equal((await routeWithDevice(router, PROMPT, options)).model, CLOUD);
    assert.equal((await routeWithDevice(router, PROMPT, { ...options, download: true })).model, LOCAL);
  });

  test('never get what cannot be read', async () => {
    withBrowser('available');
    const device = await deviceModels({ browser: CLOUD });
    const decision = await routeWithDevice(router, '…', { device, candidates: [LOCAL] });
    assert.deepEqual([decision.model, decision.device, decision.fallbackReason], [LOCAL, null, 'unread']);
    const alone = await routeWithDevice(router, '…', { device, candidates: [CLOUD] });
    assert.deepEqual([alone.model, alone.device], [CLOUD, device[0]]);
  });

  test('refuses wrong options', async () => {
    await assert.rejects(deviceModels({ browsr: LOCAL }), {
      code: 'invalid_argument',
      message: /did you mean 'browser'/,
    });
    await assert.rejects(deviceModels({ webLlm: [LOCAL] }), { code: 'invalid_argument' });
    await assert.rejects(routeWithDevice(router, PROMPT, { device: LOCAL }), { code: 'invalid_argument' });
  });
});
