// Budgets: what a batch may cost, against every possible choice, and a pacer on streams.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { Pacer, Router } from '../../../dist/index.js';
import { frontierOf, offersOf, spend } from '../../../dist/routing/budgets.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { expectNothingOpen, randomFrom, randomSpec, randomVectors, refused } from '../support/fixtures.mjs';

const DIM = 8;
const COUNT = 90;
const USD = [0.1, 0.4, 1, 8];

let router;
let worker;
let unpriced;
before(async () => {
  const models = USD.map((usd, m) => ({ name: `m${m}`, usdPerMTokIn: usd, usdPerMTokOut: 3 * usd }));
  const spec = { ...randomSpec({ dim: DIM, rows: 120, tasks: 6 }), models };
  const answerTokens = { tasks: [100, 200, 300, 400, 800, 1600], models: [1, 1, 1.5, 1] };
  const index = await buildIndex({ ...spec, answerTokens });
  router = await Router.load({ index, embedder: null });
  worker = await WorkerRouter.load({ index, embedder: null });
  unpriced = await Router.load({ index: await buildIndex(randomSpec({ dim: DIM })), embedder: null });
});
after(() => {
  for (const one of [router, worker, unpriced]) one.dispose();
});
expectNothingOpen();

const inputs = randomVectors(randomFrom(7), COUNT, DIM);
const costOf = (decisions) => decisions.reduce((sum, { price }) => sum + price.usdPerAnswer, 0);

describe('the choice within a budget', () => {
  /** Returns the best expected correctness of all choices, by trying them all. */
  function bestOfAll(offers, budget, at = 0, usd = 0, value = 0) {
    if (usd > budget) return Number.NEGATIVE_INFINITY;
    if (at === offers.length) return value;
    return Math.max(...offers[at].map((o) => bestOfAll(offers, budget, at + 1, usd + o.usd, value + o.value)));
  }

  it('is the best of all to within one step, and never over', () => {
    const random = randomFrom(3);
    for (let round = 0; round < 200; ++round) {
      const offers = Array.from({ length: 5 }, () =>
        Array.from({ length: 3 }, (_, m) => ({ model: `m${m}`, usd: Math.round(20 * random()), value: random() })).sort(
          (a, b) => a.usd - b.usd || b.value - a.value,
        ),
      );
      const frontiers = offers.map(frontierOf);
      const least = frontiers.reduce((sum, [first]) => sum + first.usd, 0);
      const budget = least + 60 * random();
      const chosen = spend(frontiers, budget);
      const sum = (key) => chosen.reduce((total, offer) => total + offer[key], 0);
      assert.ok(sum('usd') <= budget);
      const largest = Math.max(...frontiers.map((of) => of.at(-1).value - of[0].value));
      assert.ok(sum('value') >= bestOfAll(offers, budget) - largest - 1e-9);
      const isAll = chosen.every((offer, i) => offer === frontiers[i].at(-1));
      const dearest = Math.max(...frontiers.map((of) => of.at(-1).usd));
      assert.ok(isAll || sum('usd') > budget - dearest);
      assert.equal(spend(frontiers, least - 1), undefined);
    }
  });

  it('gives no model credit above the one that the policy picks', () => {
    const ranking = [
      { model: 'a', pCorrect: 0.9, usdPerAnswer: 3 },
      { model: 'b', pCorrect: 0.7, usdPerAnswer: 1 },
      { model: 'c', pCorrect: 0.6, usdPerAnswer: null },
    ];
    assert.deepEqual(frontierOf(offersOf({ model: 'b', ranking })), [{ model: 'b', usd: 1, value: 0.7 }]);
    assert.equal(frontierOf(offersOf({ model: 'a', ranking })).length, 2);
  });
});

describe('routeMany with a budget', () => {
  it('spends all of it but at most one answer, and never more', async () => {
    const cheapest = costOf(await router.routeMany(inputs, { prefer: 100 }));
    const dearest = costOf(await router.routeMany(inputs, { prefer: 'best' }));
    assert.ok(dearest > 2 * cheapest);
    let before = -1;
    for (const share of [0.02, 0.2, 0.5, 0.9]) {
      const budgetUsd = cheapest + share * (dearest - cheapest);
      const decisions = await router.routeMany(inputs, { budgetUsd });
      const cost = costOf(decisions);
      const answer = Math.max(...decisions.flatMap(({ ranking }) => ranking.map(({ usdPerAnswer }) => usdPerAnswer)));
      assert.ok(cost <= budgetUsd && cost > budgetUsd - answer, `${cost} of ${budgetUsd}`);
      const right = decisions.reduce((sum, d) => sum + d.ranking.find(({ model }) => model === d.model).pCorrect, 0);
      assert.ok(right > before);
      before = right;
      assert.deepEqual(await worker.routeMany(inputs, { budgetUsd }), decisions);
    }
    const rich = await router.routeMany(inputs, { budgetUsd: 1e6 });
    assert.equal(costOf(rich), dearest);
    assert.deepEqual(await router.routeMany([], { budgetUsd: 0 }), []);
  });

  it('reports progress to the end, and stops', async () => {
    const done = [];
    await router.routeMany(inputs, { budgetUsd: 1, onProgress: (event) => done.push(event) });
    assert.deepEqual(done.at(-1), { done: COUNT, total: COUNT });
    assert.ok(done.every((event, i) => i === 0 || event.done >= done[i - 1].done));
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    await refused(router.routeMany(inputs, { budgetUsd: 1, signal: controller.signal, onProgress }), 'aborted');
  });

  it('is refused where it cannot be kept', async () => {
    for (const one of [router, worker]) {
      await refused(
        one.routeMany(inputs, { budgetUsd: 1e-6 }),
        'no_candidate',
        /the cheapest candidates for 90 inputs/,
      );
      await refused(
        one.routeMany(inputs, { budgetUsd: 1, prefer: 'cheap' }),
        'invalid_argument',
        /budgetUsd and prefer/,
      );
      await refused(one.routeMany(inputs, { budgetUsd: 1, costWeight: 1 }), 'invalid_argument', /and costWeight/);
      for (const budgetUsd of [-1, Number.NaN, Number.POSITIVE_INFINITY, '1']) {
        await refused(one.routeMany(inputs, { budgetUsd }), 'invalid_argument', /expected US dollars from 0/);
      }
      await refused(one.routeTask(inputs, { budgetUsd: 1 }), 'invalid_argument', /expected it in a call of routeMany/);
      await refused(
        one.route(inputs.subarray(0, DIM), { budgetUsd: 1 }),
        'invalid_argument',
        /'budgetUsd' is not known/,
      );
    }
    const vectors = randomVectors(randomFrom(1), 2, DIM);
    await refused(unpriced.routeMany(vectors, { budgetUsd: 1 }), 'no_candidate', /no candidate has one for input 0/);
  });
});

describe('a pacer', () => {
  /** Spends windows on prompts with random values; real costs are what `real` makes of the expected ones. */
  function run({ usd, answers, windows, seed, real = (expected) => expected }) {
    const random = randomFrom(seed);
    const pacer = new Pacer({ usd, answers });
    const spent = [];
    for (let w = 0; w < windows; ++w) {
      if (w > 0) pacer.startWindow();
      for (let i = 0; i < answers; ++i) {
        const easy = 0.3 + 0.6 * random();
        const ranking = [1, 3, 20].map((cents, m) => ({
          model: `m${m}`,
          pCorrect: Math.min(1, easy + 0.2 * m * random()),
          usdPerAnswer: (cents * (0.5 + random())) / 100,
        }));
        const best = ranking.reduce((a, b) => (b.pCorrect > a.pCorrect ? b : a));
        const pick = pacer.pick({ model: best.model, ranking });
        if (pick !== null) pacer.spent(pick, real(pick.usd, random));
      }
      spent.push(usd - pacer.leftUsd);
    }
    return spent;
  }
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it('spends what a window may cost to within 2% on average, and never more', () => {
    for (const [seed, usd] of [20, 40, 80].entries()) {
      const spent = run({ usd, answers: 1000, windows: 10, seed });
      assert.ok(Math.max(...spent) <= usd + 1e-9, `${spent}`);
      assert.ok(mean(spent) > 0.98 * usd, `${mean(spent)} of ${usd}`);
    }
  });

  it('keeps to it within one excess where real costs differ', () => {
    const real = (expected, random) => expected * (0.5 + random());
    const spent = run({ usd: 30, answers: 1000, windows: 10, seed: 9, real });
    assert.ok(Math.max(...spent) <= 30 + 0.3 * 0.5, `${spent}`);
    assert.ok(mean(spent) > 0.98 * 30);
  });

  it('picks nothing that does not fit, and takes each report once', () => {
    const pacer = new Pacer({ usd: 1, answers: 2 });
    const decision = { model: 'a', ranking: [{ model: 'a', pCorrect: 0.5, usdPerAnswer: 0.8 }] };
    const pick = pacer.pick(decision);
    assert.deepEqual(pick, { model: 'a', usd: 0.8 });
    assert.equal(pacer.pick(decision), null);
    pacer.spent(pick, 0.1);
    assert.equal(pacer.leftUsd, 0.9);
    assert.throws(() => pacer.spent(pick, 0.1), { code: 'invalid_argument' });
    assert.notEqual(pacer.pick(decision), null);
    assert.equal(pacer.pick({ model: 'a', ranking: [{ model: 'a', pCorrect: 1, usdPerAnswer: null }] }), null);
  });

  it('refuses bad options and reports', () => {
    for (const options of [
      {},
      { usd: 1 },
      { usd: 0, answers: 1 },
      { usd: 1, answers: 0 },
      { usd: 1, answers: 1, day: 1 },
    ]) {
      assert.throws(() => new Pacer(options), { code: 'invalid_argument' }, JSON.stringify(options));
    }
    const pacer = new Pacer({ usd: 1, answers: 2 });
    for (const decision of [undefined, {}, { ranking: 1 }]) {
      assert.throws(() => pacer.pick(decision), { code: 'invalid_argument' });
    }
    const pick = pacer.pick({ model: 'a', ranking: [{ model: 'a', pCorrect: 0.5, usdPerAnswer: 0.1 }] });
    assert.throws(() => pacer.spent({ ...pick }, 0.1), /a pick of this pacer/);
    assert.throws(() => pacer.spent(pick, -1), { code: 'invalid_argument' });
    pacer.spent(pick, 0.2);
    assert.equal(pacer.leftUsd, 0.8);
  });
});
