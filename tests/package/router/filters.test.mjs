// Which models may be picked, by name, pattern, release, maker and weights; and what an answer costs, and since when.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { matchPrices, Router, readPriceList } from '../../../dist/index.js';
import { clock } from '../../../dist/routing/days.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { expectNothingOpen, refused } from '../support/fixtures.mjs';

const price = (date) => ({ currency: 'USD', date, source: 'a list' });
const MODELS = [
  {
    name: 'acme/big-2.0',
    usdPerMTokIn: 10,
    usdPerMTokOut: 50,
    released: '2026-08-01',
    openWeights: false,
    price: price('2026-09-23'),
  },
  {
    name: 'acme/small-2.0',
    usdPerMTokIn: 1,
    usdPerMTokOut: 5,
    released: '2026-03',
    maker: 'Acme',
    openWeights: false,
    aliases: ['tiny'],
  },
  {
    name: 'moonshotai/open-1',
    usdPerMTokIn: 1,
    usdPerMTokOut: 2,
    released: '2025-12-31',
    maker: 'Moonshot AI',
    openWeights: true,
    price: price('2026-08-21'),
  },
  { name: 'nameless', maker: 'Zeta' },
  { name: 'unknown' },
];
/** Tasks of long and of short answers; each model is about as good in both. */
const LENGTHS = { tasks: [100, 2000], models: [1, 4, 1, 1, 1] };

const spec = (more = {}) => ({
  models: MODELS,
  tasks: Array.from({ length: 40 }, (_, i) => (i < 20 ? 'short' : 'long')),
  dim: 2,
  embeddings: Float32Array.from({ length: 80 }, (_, i) => (i < 40 ? [1, 0.01 * i] : [0.01 * i, 1])[i % 2]),
  // Out of twenty right answers the models have 18, 18, 17, 10 and 4.
  outcomes: Float32Array.from({ length: 200 }, (_, i) => Number(Math.floor(i / 5) % 20 < [18, 18, 17, 10, 4][i % 5])),
  ...more,
});
const SHORT = [1, 0.1];
const LONG = [0.6, 1];

let router;
let worker;
let withLengths;
const today = clock.today;
before(async () => {
  const index = await buildIndex(spec());
  router = await Router.load({ index, embedder: null });
  worker = await WorkerRouter.load({ index, embedder: null });
  withLengths = await Router.load({ index: await buildIndex(spec({ answerTokens: LENGTHS })), embedder: null });
  clock.today = () => '2026-11-30';
});
after(() => {
  clock.today = today;
  for (const one of [router, worker, withLengths]) one.dispose();
});
expectNothingOpen();

const route = (options) => router.route(SHORT, options);
const names = ({ ranking }) => ranking.map(({ model }) => model).sort();
const excluded = (decision) => Object.fromEntries(decision.excluded.map(({ model, reason }) => [model, reason]));

describe('candidates', () => {
  it('resolve names, in a router and in a worker', async () => {
    for (const one of [router, worker]) {
      assert.equal(one.resolve('Small 2-0'), 'acme/small-2.0');
      assert.equal(one.resolve('tiny'), 'acme/small-2.0');
      assert.equal(one.resolve('us.acme.big-2.0'), null);
      assert.equal(one.resolve('big-2.0-20260801'), 'acme/big-2.0');
      assert.equal(one.resolve('nobody'), null);
      assert.equal(one.resolve(7), null);
      const decision = await one.route(SHORT, { candidates: ['tiny', 'open-1:free'] });
      assert.deepEqual(names(decision), ['acme/small-2.0', 'moonshotai/open-1']);
    }
  });

  it('may be patterns, and deny wins', async () => {
    assert.deepEqual(names(await route({ candidates: ['acme/*'] })), ['acme/big-2.0', 'acme/small-2.0']);
    assert.deepEqual(names(await route({ candidates: ['*-2.0', 'un*n'] })), [
      'acme/big-2.0',
      'acme/small-2.0',
      'unknown',
    ]);
    const decision = await route({ candidates: { allow: ['ACME/*'], deny: ['*/big*'] } });
    assert.deepEqual(names(decision), ['acme/small-2.0']);
    assert.equal(excluded(decision)['acme/big-2.0'], 'denied');
    assert.equal(names(await route({ candidates: ['*'] })).length, 5);
    await refused(route({ candidates: { allow: ['acme/*'], deny: ['*'] } }), 'no_candidate');
  });

  it('of no model are an error with the nearest names', async () => {
    await refused(
      route({ candidates: ['acme/bog-2.0'] }),
      'unknown_model',
      /no model 'acme\/bog-2\.0', did you mean 'acme\/big-2\.0'\?/,
    );
    await refused(route({ candidates: ['acmee/*'] }), 'unknown_model', /no model of the index matches 'acmee\/\*'/);
    await refused(route({ candidates: { deny: ['x*'] } }), 'unknown_model', /matches 'x\*'/);
    await refused(route({ prices: { nobody: 1 } }), 'unknown_model', /'nobody'/);
    await refused(
      router.cascade(SHORT, { models: ['acme/bog-2.0'] }),
      'unknown_model',
      /did you mean 'acme\/big-2\.0'\?/,
    );
    await refused(route({ candidates: [7] }), 'invalid_argument', /candidates is not a list of names: got 7/);
    const started = performance.now();
    await refused(route({ candidates: [`${'*a'.repeat(2e4)}*`] }), 'unknown_model');
    await refused(route({ candidates: ['x'.repeat(1e6)] }), 'unknown_model');
    assert.ok(performance.now() - started < 5000);
  });
});

describe('filters', () => {
  it('by release keep what lies in the time, and exclude what is not known', async () => {
    const decision = await route({ released: { from: '2026' } });
    assert.deepEqual(names(decision), ['acme/big-2.0', 'acme/small-2.0']);
    assert.deepEqual(excluded(decision), {
      'moonshotai/open-1': 'released_outside',
      nameless: 'unknown_released',
      unknown: 'unknown_released',
    });
    for (const [released, expected] of [
      [{ to: '2025-12-31' }, ['moonshotai/open-1']],
      [{ to: '2025-12' }, ['moonshotai/open-1']],
      [{ from: '2026-03-15', to: '2026-03-20' }, ['acme/small-2.0']],
      [{ from: '2026-08-01', to: '2026-08-01' }, ['acme/big-2.0']],
      [{}, ['acme/big-2.0', 'acme/small-2.0', 'moonshotai/open-1', 'nameless', 'unknown']],
    ]) {
      assert.deepEqual(names(await route({ released })), expected, JSON.stringify(released));
    }
    await refused(
      route({ released: { from: '2027' } }),
      'no_candidate',
      /3 were released on other days, 2 have no known release/,
    );
  });

  it('by maker know it by its names, of the record and of the model', async () => {
    assert.deepEqual(names(await route({ makers: ['acme'] })), ['acme/big-2.0', 'acme/small-2.0']);
    for (const makers of [['Moonshot AI'], ['moonshotai'], ['moonshot'], ['MOONSHOT-AI']]) {
      assert.deepEqual(names(await route({ makers })), ['moonshotai/open-1'], makers[0]);
    }
    const decision = await route({ makers: ['Zeta', 'acme'] });
    assert.deepEqual(excluded(decision), { 'moonshotai/open-1': 'other_maker', unknown: 'unknown_maker' });
    await refused(
      route({ makers: ['acmee'] }),
      'invalid_argument',
      /no model of the index is by 'acmee', expected some of acme/,
    );
  });

  it('by weights', async () => {
    const open = await route({ openWeights: true });
    assert.deepEqual(names(open), ['moonshotai/open-1']);
    assert.equal(excluded(open)['acme/big-2.0'], 'other_weights');
    assert.equal(excluded(open).unknown, 'unknown_open_weights');
    assert.deepEqual(names(await route({ openWeights: false })), ['acme/big-2.0', 'acme/small-2.0']);
  });

  it('count together, in plans and in workers, too', async () => {
    await refused(route({ makers: ['acme'], openWeights: true }), 'no_candidate');
    const plan = await router.cascade(SHORT, { makers: ['acme'] });
    assert.ok(plan.steps.every(({ model }) => model.startsWith('acme/')));
    assert.deepEqual(names(await worker.route(SHORT, { makers: ['acme'] })), ['acme/big-2.0', 'acme/small-2.0']);
  });

  it('are refused in other forms', async () => {
    for (const [options, message] of [
      [{ released: '2026' }, /released is the text '2026', expected an object/],
      [{ released: { since: '2026' } }, /released: 'since' is not known/],
      [{ released: { from: 'May' } }, /from is the text 'May', expected a date/],
      [{ released: { from: '2026-13' } }, /expected a date/],
      [{ released: { from: '2026-02', to: '2026-01' } }, /from is 2026-02, expected a date not after 2026-01/],
      [{ makers: 'acme' }, /makers is the text 'acme', expected a list of texts/],
      [{ openWeights: 1 }, /openWeights is 1, expected true or false/],
    ]) {
      await refused(route(options), 'invalid_argument', message);
      await refused(worker.route(SHORT, options), 'invalid_argument', message);
    }
  });
});

describe('the price of an answer', () => {
  const costs = async (input, options) => {
    const { ranking } = await withLengths.route(input, { prefer: 'best', ...options });
    return Object.fromEntries(ranking.map(({ model, usdPerAnswer }) => [model, usdPerAnswer]));
  };

  it('grows with the answers of the tasks that the input resembles, and with the model', async () => {
    const [short, long] = [await costs(SHORT), await costs(LONG)];
    assert.equal(short.unknown, null);
    for (const model of ['acme/big-2.0', 'acme/small-2.0', 'moonshotai/open-1']) assert.ok(short[model] < long[model]);
    // 200 tokens of prompt; the geometric mean of 100 and 2000 by weight; the small model writes four times as much.
    const tokens = (long['acme/big-2.0'] * 1e6 - 10 * 200) / 50;
    assert.ok(tokens > 1000 && tokens <= 2000, `${tokens}`);
    assert.ok(Math.abs(long['acme/small-2.0'] * 1e6 - (200 + 5 * 4 * tokens)) < 1e-6);
  });

  it('decides the trade, in place of the price per token', async () => {
    const options = {
      candidates: ['acme/small-2.0', 'moonshotai/open-1'],
      prices: { 'open-1': { in: 1.5, out: 7 } },
      prefer: 10,
    };
    assert.equal((await router.route(LONG, options)).model, 'acme/small-2.0', 'cheaper per million tokens');
    const decision = await withLengths.route(LONG, options);
    assert.equal(decision.model, 'moonshotai/open-1', 'cheaper per answer');
    assert.ok(decision.price.usdPerAnswer > 0);
  });

  it('may have a maximum, which excludes models without one', async () => {
    const most = (await costs(LONG))['moonshotai/open-1'];
    const decision = await withLengths.route(LONG, { maxUsdPerAnswer: most });
    assert.deepEqual(names(decision), ['moonshotai/open-1'], 'the maximum itself is allowed');
    assert.equal(excluded(decision)['acme/big-2.0'], 'over_max_price');
    assert.equal(excluded(decision).unknown, 'price_unknown');
    await refused(
      withLengths.route(LONG, { maxUsdPerAnswer: 1e-9 }),
      'no_candidate',
      /cost more than the maximum price/,
    );
    await refused(withLengths.routeTask([LONG], { maxUsdPerAnswer: 1e-9 }), 'no_candidate');
    await refused(router.route(LONG, { maxUsdPerAnswer: 1 }), 'no_candidate', /5 have no known price/);
    await refused(withLengths.route(LONG, { maxUsdPerAnswer: -1 }), 'invalid_argument', /maxUsdPerAnswer/);
  });

  it('is that of a prompt as long as it is', async () => {
    const embedding = (tokens) => ({ vector: Float32Array.from(SHORT), tokens, truncated: false });
    const [few, many] = [await costs(embedding(10)), await costs(embedding(10_010))];
    assert.ok(Math.abs(many['acme/big-2.0'] - few['acme/big-2.0'] - 0.1) < 1e-9, '10,000 tokens at $10 a million');
    const [one] = await withLengths.routeMany([embedding(10)], { prefer: 'best' });
    assert.equal(one.ranking.find(({ model }) => model === 'acme/big-2.0').usdPerAnswer, few['acme/big-2.0']);
  });
});

describe('the price of a decision', () => {
  it('has its date, its source and its age', async () => {
    const { price: fresh, reasons } = await route({ candidates: ['acme/big-2.0'] });
    assert.deepEqual(fresh, {
      usdPerMTok: 20,
      usdPerAnswer: null,
      date: '2026-09-23',
      source: 'a list',
      ageDays: 68,
      stale: false,
    });
    assert.equal(reasons.price, '');
    const { price: undated } = await route({ candidates: ['acme/small-2.0'] });
    assert.deepEqual(
      { ...undated, usdPerMTok: 0 },
      { usdPerMTok: 0, usdPerAnswer: null, date: null, source: null, ageDays: null, stale: false },
    );
  });

  it('is stale after 120 days, and the reason says so', async () => {
    for (const [day, ageDays, stale] of [
      ['2026-12-19', 120, false],
      ['2026-12-20', 121, true],
      ['2026-01-01', 0, false],
    ]) {
      clock.today = () => day;
      const { price: old, reason } = await route({ candidates: ['moonshotai/open-1'] });
      assert.equal(old.ageDays, ageDays);
      assert.equal(old.stale, stale);
      assert.equal(/Its price is from 21 August 2026, 121 days ago/.test(reason), stale, reason);
    }
    clock.today = () => '2026-11-30';
  });

  it("is the caller's own, with its own date", async () => {
    const list = readPriceList(
      { data: [{ id: 'moonshot/open-1', pricing: { prompt: '0.000004', completion: '0.000004' } }] },
      { asOf: '2026-11-29' },
    );
    const { prices } = matchPrices(router.info.models, list);
    const decision = await route({ candidates: ['moonshotai/open-1'], prices });
    assert.deepEqual(decision.price, {
      usdPerMTok: 4,
      usdPerAnswer: null,
      date: '2026-11-29',
      source: 'OpenRouter',
      ageDays: 1,
      stale: false,
    });
    const { price: plain } = await route({ candidates: ['moonshotai/open-1'], prices: { 'open-1': 3 } });
    assert.deepEqual([plain.usdPerMTok, plain.date], [3, null]);
    await refused(route({ prices: { 'open-1': 3, 'moonshotai/open-1': 4 } }), 'invalid_argument', /are the same model/);
    await refused(
      route({ prices: { 'open-1': { in: 1, out: 1, date: 'now' } } }),
      'invalid_argument',
      /date is the text 'now'/,
    );
  });
});
