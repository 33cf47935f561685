// The part of a decision that a badge receives: anyone who takes over a page's script can read it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Router, routeWithFeedback } from '../../dist/index.js';
import { embedderFiles } from '../package/support/fixtures.mjs';
import { POEM, topicsIndex } from '../package/support/topics.mjs';
import { importExtension } from './import-module.mjs';

const SITE = { isOn: true, adapter: 'auto', names: {}, endpoint: '', pays: 'use', usual: null };

describe('the suggestion for a badge', () => {
  let router;
  let suggest;
  before(async () => {
    ({ suggest } = await importExtension('engine/suggestion.ts'));
    router = await Router.load({ index: await topicsIndex(), embedder: embedderFiles() });
  });
  after(() => router.dispose());

  /** Returns a decision after `times` ratings of the prompt. */
  async function decided(times, prompt, { outcomes = { poet: 0, generalist: 1 }, ...options } = {}) {
    const [{ vector }] = await router.embed([prompt]);
    const ratings = Array.from({ length: times }, () => ({ vector, outcomes }));
    return routeWithFeedback(router, prompt, ratings, options);
  }
  /** Returns what a badge is told of a decision, on a site with these settings and a page with these facts. */
  const told = (decision, { site = {}, page, resolve = async () => null } = {}) =>
    suggest({ decide: async () => ({ decision }), resolve }, '', { index: null }, { ...SITE, ...site }, page);

  it('has every part of the reason except feedback', async () => {
    for (const times of [0, 1, 40]) {
      const decision = await decided(times, POEM);
      assert.equal(decision.feedbackUsed, times);
      const { choice, resemblance, price, feedback } = decision.reasons;
      assert.equal(/rating/.test(feedback), times > 0);
      const { model, why } = await told(decision);
      assert.equal(model, decision.model);
      assert.equal(decision.reason, [...why, feedback].join(' ').trim());
      assert.deepEqual(
        why,
        [choice, resemblance, price].filter((part) => part !== ''),
      );
      assert.doesNotMatch(why.join(' '), /rating|feedback|correct|\byour?\b/i);
    }
  });

  it('names no model if nothing resembles the prompt, or it cannot be read, and says why', async () => {
    for (const [prompt, lamp] of [
      ['law court', 'stop'],
      ['日本，日本？', 'dark'],
      ['…', 'dark'],
      [' ', 'dark'],
    ]) {
      for (const times of [0, 1]) {
        const decision = await decided(times, prompt);
        const answer = await told(decision, { site: { usual: 'poet' } });
        assert.notEqual(decision.reasons.resemblance, '');
        assert.deepEqual(answer, { kind: 'none', lamp, why: [decision.reasons.resemblance] });
        assert.doesNotMatch(answer.why.join(' '), /poet|coder|generalist|unpriced/);
      }
    }
  });

  it('has a chance as it is shown', async () => {
    const { quality, lamp } = await told(await decided(1, POEM));
    assert.match(quality.value, /^\d+%$/);
    assert.deepEqual([quality.label, quality.note, lamp], ['chance of being right', '', 'clear']);
  });

  it('has a price only where answers cost something', async () => {
    const decision = await decided(0, POEM);
    assert.match((await told(decision)).price.label, /^price per/);
    assert.equal((await told(decision, { site: { pays: 'plan' } })).price, null);
  });

  it('says whether the pick is better than the current model, or as good and cheaper, or neither', async () => {
    const decision = await decided(0, POEM, { prefer: 'best' });
    assert.equal(decision.model, 'poet');
    const lead = (model, p) => ({
      ...decision,
      ranking: decision.ranking.map((each) =>
        each.model === model ? { ...each, pCorrect: decision.ranking[0].pCorrect + p } : each,
      ),
    });
    const dear = (ranked) => ({
      ...ranked,
      ranking: ranked.ranking.map((each) => ({
        ...each,
        usdPerAnswer: null,
        usdPerMTok: each.model === 'coder' ? 30 : each.usdPerMTok,
      })),
    });
    for (const [of, expected, site] of [
      [decision, 'unknown', {}],
      [decision, 'stay', { usual: 'poet' }],
      [decision, 'better', { usual: 'coder' }],
      [lead('coder', -0.02), 'better', { usual: 'coder' }],
      [lead('coder', -0.019), 'stay', { usual: 'coder' }],
      [dear(lead('coder', 0.009)), 'cheaper', { usual: 'coder' }],
      [dear(lead('coder', 0.009)), 'stay', { usual: 'coder', pays: 'plan' }],
      [dear(lead('coder', 0.011)), 'stay', { usual: 'coder' }],
      [lead('unpriced', 0), 'stay', { usual: 'unpriced' }],
      [decision, 'unknown', { usual: 'not in the index' }],
    ]) {
      const { verdict, model } = await told(of, { site });
      assert.deepEqual([verdict, model], [expected, 'poet'], JSON.stringify(site));
    }
  });

  it('compares only models with results in twenty tasks, if the votes are tasks', async () => {
    const decision = await decided(0, POEM, { prefer: 'best' });
    const withVotes = (votes) => ({
      ...decision,
      policy: 'families',
      ranking: decision.ranking.map((each) => ({ ...each, votes: each.model === 'coder' ? votes : 50 })),
    });
    const site = { usual: 'coder' };
    assert.equal((await told(withVotes(19), { site })).verdict, 'unmeasured');
    assert.equal((await told(withVotes(20), { site })).verdict, 'better');
  });

  it("takes the current model from the picker, by the list, the user's names or the index, before the usual one", async () => {
    const decision = await decided(0, POEM, { prefer: 'best' });
    const page = (picked) => ({ chat: 'generic', isUnderstood: true, picked });
    const site = { names: { coder: 'Coder 2.5', poet: 'Poet' }, usual: 'generalist' };
    const currentOf = async (picked, more) =>
      (await told(decision, { site: { ...site, ...more }, page: page(picked) })).current;
    assert.equal(await currentOf('Coder-2-5 (thinking)'), 'coder');
    assert.equal(await currentOf(null), 'generalist');
    assert.equal(await currentOf('Auto'), null);
    const resolve = async (name) => (name === 'Generalist (latest)' ? 'generalist' : null);
    const { current } = await told(decision, { page: page('Generalist (latest)'), resolve });
    assert.equal(current, 'generalist');
  });

  it('links to a model by the names of the site only, never by what a page shows', async () => {
    const decision = await decided(0, POEM, { prefer: 'best' });
    assert.equal(decision.model, 'poet');
    const page = { chat: 'claude', isUnderstood: true, picked: 'Claude Fable 5' };
    const more = { page, resolve: async () => 'poet' };
    const stranger = await told(decision, { site: { names: { coder: 'coder:7b' } }, ...more });
    assert.deepEqual([stranger.label, stranger.siteModel], ['Claude Fable 5', null]);
    const named = await told(decision, { site: { names: { coder: 'coder:7b', poet: 'poet:7b' } }, ...more });
    assert.deepEqual([named.label, named.siteModel], ['poet:7b', 'poet:7b']);
  });

  it('chooses only among the models that the chat offers or the user has, and the current one', async () => {
    const asked = [];
    const engine = {
      resolve: async () => null,
      decide: async (_text, _stored, { names }) => {
        asked.push(names);
        throw Object.assign(new Error('none'), { code: 'no_candidate' });
      },
    };
    const namesFor = async (site, page) => {
      const answer = await suggest(engine, 'x', { index: null }, { ...SITE, ...site }, page);
      assert.deepEqual(answer, {
        kind: 'none',
        lamp: 'none',
        why: ['No model is left to choose from. Check the settings.'],
      });
      return asked.pop();
    };
    const page = { chat: 'gemini', isUnderstood: true, picked: 'Flash' };
    assert.deepEqual(Object.values(await namesFor({}, page)), ['3.5 Flash-Lite', '3.8 Flash', '3.1 Pro']);
    const own = { 'google/gemini-3.1-pro': 'Pro' };
    assert.deepEqual(await namesFor({ names: own }, { ...page, picked: null }), own);
    assert.deepEqual(await namesFor({ names: own }, page), { ...own, 'google/gemini-3.8-flash': 'Flash' });
    assert.deepEqual(await namesFor({}, { ...page, chat: 'openrouter' }), {});
    assert.deepEqual(await namesFor({}, undefined), {});
  });
});

/** Stand-ins for the router and the parts of the engine that need a browser. */
const STAND_INS = {
  signalbox: `
    export const languageOf = async () => undefined;
    export const routeWithFeedback = async (_router, _text, _feedback, options) => ({ options, feedbackUsed: 0 });`,
  '../../shared/settings.js':
    'export const DEFAULT_SETTINGS = {}; export const routeOptionsOf = () => ({ candidates: {} });',
  '../../shared/restarting-router.js':
    'export class RouterHolder { current = async () => globalThis.engineRouter; dispose() {} }',
  '../onnx.js': 'export const onnxFor = async () => {};',
  '../stored/feedback.js': 'export const onFeedback = () => {};',
  '../stored/own-index.js': 'export const readIndex = async () => {};',
  './feedback.js': 'export class EmbeddedFeedback { with = async () => []; forget() {} }',
};

describe('the candidates of a decision', () => {
  let engine;
  before(async () => {
    engine = new (await importExtension('engine/engine.ts', { standIns: STAND_INS })).Engine();
    globalThis.engineRouter = {
      info: { models: [{ name: 'house/one' }, { name: 'house/two' }, { name: 'gpt' }] },
      resolve: (name) => (name === 'openai/gpt' ? 'gpt' : null),
    };
  });
  after(() => delete globalThis.engineRouter);
  const deniedWith = async (names, listed) => {
    const stored = { settings: {}, index: { id: 'own' } };
    const { decision } = await engine.decide('x', stored, { ...SITE, names, listed });
    return decision.options.candidates.deny ?? [];
  };

  it("are all models if an index of the user's own has none of a chat's list", async () => {
    const list = { 'openai/a': 'A', 'openai/b': 'B' };
    assert.deepEqual(await deniedWith(list, list), []);
    assert.deepEqual(await deniedWith({ ...list, 'house/one': 'one' }, list), []);
    assert.deepEqual(await deniedWith({}, {}), []);
  });

  it('are those of the list that the index has, and those that the user chose', async () => {
    const list = { 'openai/a': 'A', 'openai/gpt': 'GPT' };
    assert.deepEqual(await deniedWith(list, list), ['house/one', 'house/two']);
    assert.deepEqual(await deniedWith({ 'house/one': 'One' }, {}), ['house/two', 'gpt']);
    assert.deepEqual(await deniedWith({ 'openai/a': 'A' }), ['house/one', 'house/two', 'gpt']);
  });
});

describe('the current model in the panel', () => {
  const ORIGIN = 'https://chat.example';
  const names = { coder: 'Coder 2.5', poet: 'Poet' };
  const engine = { resolve: async (name) => (name === 'Generalist (latest)' ? 'generalist' : null) };
  let state;
  let hear;
  before(async () => {
    globalThis.panelStored = {
      ...{ settings: {}, index: null },
      sites: { [ORIGIN]: { ...SITE, names, usual: 'generalist' } },
    };
    globalThis.panelEngine = engine;
    globalThis.document = { hasFocus: () => false };
    globalThis.chrome = {
      windows: { getCurrent: async () => ({ id: 1 }) },
      storage: { session: { get: async () => ({}) }, onChanged: { addListener: (given) => (hear = given) } },
    };
    const standIns = {
      '../engine/engine.js': `export class Engine {
        info = async () => ({ models: [] });
        resolve = globalThis.panelEngine.resolve;
        decide = async () => ({ decision: {} });
      }`,
      '../stored/feedback.js': 'export const onFeedback = () => {};',
      '../stored/own-index.js': 'export const eraseIndex = async () => {};',
      '../stored/stored-signals.js': `
        export const stored = { value: globalThis.panelStored, peek: () => globalThis.panelStored };
        export const isLoaded = { value: true, peek: () => true };
        export const rewrite = async () => {};`,
    };
    state = await importExtension('panel/state.ts', { standIns });
    await state.openPanel();
  });
  after(() => {
    for (const name of ['panelStored', 'panelEngine', 'document', 'chrome']) delete globalThis[name];
  });

  /** Returns the current model of the panel once it has answered a question from such a page. */
  async function currentWith(page, origin = ORIGIN) {
    const text = `Question ${JSON.stringify([page, origin])}`;
    const question = { ...{ text, origin, page }, isOfBadge: true, windowId: 1, at: Date.now() };
    hear({ question: { newValue: question } }, 'session');
    await new Promise((resolve) => state.answer.subscribe((answer) => answer?.prompt === text && resolve()));
    return state.current.value;
  }

  it('is that of the badge', async () => {
    const { currentOn } = await importExtension('engine/current.ts');
    const expected = [
      ['Coder-2-5 (thinking)', 'coder'],
      ['Generalist (latest)', 'generalist'],
      ['Auto', null],
      [null, 'generalist'],
    ];
    for (const [picked, model] of expected) {
      const page = { chat: 'generic', isUnderstood: true, picked };
      assert.equal(await currentWith(page), model, picked);
      assert.equal(await currentOn(globalThis.panelStored.sites[ORIGIN], page, engine, null), model, picked);
    }
    assert.equal(await currentWith(null), 'generalist');
    assert.equal(await currentWith(null, 'https://other.example'), null);
  });
});
