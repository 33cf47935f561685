// Prices are the numbers that people gave, although an index stores them in single precision.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { Router } from '../../../dist/index.js';
import { expectNothingOpen, randomSpec } from '../support/fixtures.mjs';

/** Prices of input and output, and their blend 3 : 1, all decimals. */
const PRICES = [
  [0.1, 0.1, 0.1],
  [1.2, 1.2, 1.2],
  [0.15, 0.6, 0.2625],
  [0.035, 0.14, 0.06125],
  [2.5, 10, 4.375],
  [0.0000003, 0.0000003, 0.0000003],
  [0, 0, 0],
  [123456.7, 123456.7, 123456.7],
];
const VECTOR = [1, 2, 3, 4, 5, 6, 7, 8];

let router;
before(async () => {
  const spec = randomSpec({ models: PRICES.length });
  const models = PRICES.map(([usdPerMTokIn, usdPerMTokOut], i) => ({ name: `m${i}`, usdPerMTokIn, usdPerMTokOut }));
  router = await Router.load({ index: await buildIndex({ ...spec, models }), embedder: null });
});
after(() => router.dispose());
expectNothingOpen();

const pricesOf = ({ ranking }) => Object.fromEntries(ranking.map(({ model, usdPerMTok }) => [model, usdPerMTok]));

describe('prices', () => {
  it('are described as they were given', () => {
    const described = router.info.models.map(({ usdPerMTokIn, usdPerMTokOut }) => [usdPerMTokIn, usdPerMTokOut]);
    assert.deepEqual(
      described,
      PRICES.map(([low, high]) => [low, high]),
    );
  });

  it('are blended without an error of rounding in decisions and tasks', async () => {
    const expected = Object.fromEntries(PRICES.map(([, , blended], i) => [`m${i}`, blended]));
    assert.deepEqual(pricesOf(await router.route(VECTOR)), expected);
    assert.deepEqual(pricesOf(await router.routeTask([VECTOR])), expected);
    for (const [i, [, , blended]] of PRICES.entries()) {
      const decision = await router.route(VECTOR, { candidates: [`m${i}`] });
      assert.equal(decision.price.usdPerMTok, blended);
    }
  });

  it('at the limit keep the model, in every call', async () => {
    for (const [i, [, , limit]] of PRICES.entries()) {
      const options = { maxUsdPerMTok: limit };
      const kept = PRICES.flatMap(([, , blended], m) => (blended <= limit ? [`m${m}`] : []));
      assert.ok(kept.includes(`m${i}`));
      const [many] = await router.routeMany([VECTOR], options);
      for (const decision of [await router.route(VECTOR, options), await router.routeTask([VECTOR], options), many]) {
        assert.deepEqual(Object.keys(pricesOf(decision)).sort(), kept);
      }
      const plan = await router.cascade(VECTOR, { ...options, models: [`m${i}`] });
      assert.deepEqual([plan.steps[0].usdPerMTok, plan.worstUsdPerMTok], [limit, limit]);
    }
  });

  it('of a cascade add up to a decimal, which may be the limit', async () => {
    const prices = { m0: 0.1, m1: 0.2, m2: 0.4 };
    const options = { models: ['m0', 'm1', 'm2'], prices };
    const plan = await router.cascade(VECTOR, { ...options, maxUsdPerMTok: 0.7 });
    assert.equal(plan.steps.length, 3, '0.1 + 0.2 + 0.4 is above 0.7 in binary');
    assert.equal(plan.worstUsdPerMTok, 0.7);
    assert.deepEqual(
      plan.steps.map(({ worstUsdPerMTok }) => worstUsdPerMTok),
      [0.1, 0.3, 0.7],
    );
  });

  it('of the caller stay the doubles that they are', async () => {
    const third = 1 / 3;
    const decision = await router.route(VECTOR, { prices: { m0: third, m1: { in: third, out: third } } });
    assert.equal(pricesOf(decision).m0, third);
    assert.equal(pricesOf(decision).m1, third);
    const { ranking } = await router.route(VECTOR, { prices: { m0: third }, maxUsdPerMTok: third });
    assert.ok(ranking.some(({ model }) => model === 'm0'));
    const { excluded } = await router.route(VECTOR, { prices: { m0: third }, maxUsdPerMTok: 0.333333 });
    assert.ok(excluded.some(({ model, reason }) => model === 'm0' && reason === 'over_max_price'));
  });
});
