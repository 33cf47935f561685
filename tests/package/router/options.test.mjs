// Options of a decision: candidates, prices, corrections, neighbours, and refused values.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Router } from '../../../dist/index.js';
import { embedderFiles, expectNothingOpen, refused } from '../support/fixtures.mjs';
import { POEM, PRICES, topicsIndex } from '../support/topics.mjs';

let router;

before(async () => {
  router = await Router.load({ index: await topicsIndex(), embedder: embedderFiles() });
});
after(() => router.dispose());
expectNothingOpen();

const route = (options) => router.route(POEM, options);
const names = ({ ranking }) => ranking.map(({ model }) => model).sort();
const excluded = (decision) => Object.fromEntries(decision.excluded.map(({ model, reason }) => [model, reason]));

describe('candidates', () => {
  it('are a list of allowed models', async () => {
    const decision = await route({ candidates: ['coder', 'generalist'] });
    assert.deepEqual(names(decision), ['coder', 'generalist']);
    assert.deepEqual(excluded(decision), { poet: 'not_a_candidate', unpriced: 'not_a_candidate' });
    assert.equal(decision.model, 'generalist');
  });

  it('are the allowed models without the denied ones', async () => {
    const decision = await route({ candidates: { allow: ['poet', 'coder'], deny: ['poet'] } });
    assert.deepEqual(names(decision), ['coder']);
    assert.deepEqual(excluded(decision), {
      poet: 'denied',
      generalist: 'not_a_candidate',
      unpriced: 'not_a_candidate',
    });
    assert.equal(decision.challengerConfidence, 1, 'no other candidate is left');
  });

  it('are all models except the denied ones', async () => {
    const decision = await route({ candidates: { deny: ['generalist'] } });
    assert.deepEqual(names(decision), ['coder', 'poet', 'unpriced']);
    assert.equal(decision.bestSingleModel, 'poet', 'the best single model is the best of the candidates');
  });

  it('are all models by default', async () => {
    const all = await route({});
    assert.deepEqual(await route({ candidates: undefined }), all);
    assert.deepEqual(await route({ candidates: {} }), all);
    assert.deepEqual(await route({ candidates: { allow: undefined, deny: [] } }), all);
  });

  it('must leave at least one model', async () => {
    await refused(route({ candidates: [] }), 'no_candidate');
    await refused(route({ candidates: { deny: Object.keys(PRICES) } }), 'no_candidate', /4 models/);
  });

  it('must be names of models in the index', async () => {
    await refused(route({ candidates: ['Poets'] }), 'unknown_model', /'Poets', did you mean 'poet'\?/);
    assert.deepEqual(names(await route({ candidates: ['Poet'] })), ['poet'], 'whatever the case');
    await refused(route({ candidates: { deny: ['nobody'] } }), 'unknown_model', /'nobody'/);
    await refused(route({ candidates: [7] }), 'invalid_argument', /list of names/);
    await refused(route({ candidates: { alow: ['poet'] } }), 'invalid_argument', /'alow' is not known/);
    for (const candidates of [null, 7, 'poet', true]) {
      await refused(route({ candidates }), 'invalid_argument', /candidates/);
    }
  });
});

describe('prices', () => {
  it('are those of the index, three parts input to one part output', async () => {
    const { ranking } = await route();
    assert.deepEqual(Object.fromEntries(ranking.map(({ model, usdPerMTok }) => [model, usdPerMTok])), PRICES);
  });

  it('of the caller come first, as one number or two', async () => {
    const { ranking } = await route({ prices: { unpriced: 0, poet: { in: 1, out: 9 } } });
    const prices = Object.fromEntries(ranking.map(({ model, usdPerMTok }) => [model, usdPerMTok]));
    assert.deepEqual(prices, { ...PRICES, unpriced: 0, poet: 3 });
  });

  it('must be nonnegative numbers', async () => {
    for (const price of [-1, '3', { in: 1 }, { in: -1, out: 1 }, { in: 1, out: 1, cached: 1 }, Number.NaN]) {
      await refused(route({ prices: { poet: price } }), 'invalid_argument');
    }
    await refused(route({ prices: [] }), 'invalid_argument', /prices is a list, expected an object by model name/);
  });

  it('above the maximum or unknown exclude a model', async () => {
    const decision = await route({ maxUsdPerMTok: 1 });
    assert.deepEqual(names(decision), ['coder', 'generalist']);
    assert.deepEqual(excluded(decision), { poet: 'over_max_price', unpriced: 'price_unknown' });
    assert.equal((await route({ maxUsdPerMTok: 3 })).model, 'poet', 'the maximum itself is allowed');
    await refused(route({ maxUsdPerMTok: 0.1 }), 'no_candidate');
  });

  it('decide between the models within the points of the dial', async () => {
    assert.equal((await route({ prefer: 'best' })).model, 'poet');
    const decision = await route({ prefer: 60 });
    assert.equal(decision.model, 'generalist');
    assert.equal(decision.challenger, 'poet');
    assert.equal(decision.fallback, false);
    assert.equal(decision.price.usdPerMTok, 0.25);
    assert.match(decision.reasons.choice, /^\d+ points below the best, for a twelfth of its price\.$/);
    assert.equal(decision.reasons.price, '', 'only a stale price has a sentence of its own');
  });

  it('decide by default between the models within two points', async () => {
    const { ranking } = await route({ prefer: 'best' });
    const [poet, generalist] = ['poet', 'generalist'].map((name) => ranking.find(({ model }) => model === name));
    const ahead = (by) => ({ poet: generalist.pCorrect - poet.pCorrect + by });
    for (const [by, prefer, expected] of [
      [0.01, undefined, 'generalist'],
      [0.01, 'balanced', 'generalist'],
      [0.01, 'best', 'poet'],
      [0.01, 0, 'poet'],
      [0.03, undefined, 'poet'],
      [0.03, 'cheap', 'generalist'],
      [0.06, 'cheap', 'poet'],
      [0.06, 6.1, 'generalist'],
    ]) {
      const decision = await route({ prefer, corrections: ahead(by), candidates: ['poet', 'generalist'] });
      assert.equal(decision.model, expected, `${prefer} at ${by}`);
      assert.equal(decision.challenger, 'poet');
    }
  });

  it('refuse two dials, and the name of an earlier one', async () => {
    for (const both of [
      { prefer: 'best', costWeight: 0 },
      { prefer: 5, costWeight: 0.1 },
    ]) {
      await refused(route(both), 'invalid_argument', /prefer and costWeight are given, expected one of them/);
    }
    await refused(route({ qualityBar: 0.1 }), 'invalid_argument', /'qualityBar' is not known: use prefer\. Expected/);
    const expected = /prefer is .*, expected best, balanced, cheap or percentage points from 0 to 100/;
    for (const prefer of ['Best', '3', 100.5, Number.NaN, true, [2], {}]) {
      await refused(route({ prefer }), 'invalid_argument', expected);
    }
  });

  it('are weighed against correctness', async () => {
    assert.equal((await route({ costWeight: 0 })).model, 'poet');
    // poet leads generalist by at most 1, and costs 2.75 more.
    assert.equal((await route({ costWeight: 0.5 })).model, 'generalist');
  });
});

describe('corrections', () => {
  const pOf = ({ ranking }, name) => ranking.find(({ model }) => model === name).pCorrect;

  it('are added before the choice', async () => {
    const plain = await route();
    const decision = await route({ corrections: { poet: -0.5 } });
    assert.equal(plain.model, 'poet');
    assert.equal(decision.model, 'generalist');
    assert.equal(pOf(decision, 'poet'), pOf(plain, 'poet') - 0.5);
    assert.equal(pOf(decision, 'coder'), pOf(plain, 'coder'));
    assert.deepEqual(await route({ corrections: {} }), plain);
    const task = await router.routeTask([POEM, POEM], { corrections: { poet: -0.9 } });
    assert.notEqual(task.model, 'poet');
  });

  it('decide if nothing in the benchmark resembles the prompt, and the reason states this', async () => {
    const far = { maxCoveragePercentile: 0 };
    const plain = await route(far);
    assert.equal(plain.reasons.choice, 'Best overall.');
    const decision = await route({ ...far, corrections: { generalist: -0.5 } });
    assert.notEqual(decision.model, 'generalist');
    assert.equal(decision.bestSingleModel, 'generalist');
    assert.equal(decision.fallbackReason, 'out_of_coverage');
    assert.match(decision.reason, /The given corrections put this model ahead of the best one overall\.$/);
  });

  it('must be numbers in -1..1 for models in the index', async () => {
    for (const poet of [-1.5, 2, '0', null, Number.NaN]) {
      await refused(route({ corrections: { poet } }), 'invalid_argument', /poet/);
    }
    await refused(
      route({ corrections: [] }),
      'invalid_argument',
      /corrections is a list, expected an object by model name/,
    );
    await refused(route({ corrections: { nobody: 0 } }), 'unknown_model', /'nobody'/);
  });
});

describe('neighbours', () => {
  for (const neighbours of [0, 1, 7, 160]) {
    it(`are reported, ${neighbours} of them`, async () => {
      const decision = await route({ neighbours });
      assert.equal(decision.neighbours.length, neighbours);
      assert.equal(new Set(decision.neighbours.map(({ row }) => row)).size, neighbours);
      const { neighbours: _, ...rest } = decision;
      const { neighbours: __, ...usual } = await route();
      assert.deepEqual(rest, usual, 'the number shown changes nothing else');
    });
  }

  it('are not reported unless a call asks for them, whatever the policy needs', async () => {
    for (const policy of ['signalbox', 's1', 'paper']) {
      assert.deepEqual((await route({ policy })).neighbours, []);
      assert.equal((await route({ policy, neighbours: 2 })).neighbours.length, 2);
      for (const neighbours of [-1, 0.5, '1']) await refused(route({ policy, neighbours }), 'invalid_argument');
    }
  });

  it('are limited to the number of samples', async () => {
    assert.equal((await route({ neighbours: 1000 })).neighbours.length, 160);
    await refused(route({ neighbours: 1001 }), 'invalid_argument', /from 0 to 1000/);
  });
});

describe('options', () => {
  it('of the method are obeyed', async () => {
    const byOne = await route({ policy: 's1', k: 1 });
    assert.ok(byOne.ranking.every(({ votes, pCorrect }) => votes === 1 && (pCorrect === 0 || pCorrect === 1)));
    assert.notEqual((await route({ kappa: 1 })).coverage.meanDistance, (await route()).coverage.meanDistance);
    for (const policy of ['signalbox', 's1']) {
      assert.equal((await route({ policy, eta: 1 })).fallbackReason, 'low_confidence');
    }
    assert.equal((await route({ maxCoveragePercentile: 0 })).fallbackReason, 'out_of_coverage');
    const wide = await router.routeTask([POEM], { policy: 's3', sigma: 10 });
    assert.notDeepEqual(wide.ranking, (await router.routeTask([POEM], { policy: 's3' })).ranking);
  });

  it('of a task are not accepted for one prompt', async () => {
    await refused(
      route({ policy: 's3' }),
      'invalid_argument',
      /'s3', expected signalbox, paper, s1 or families to route one input/,
    );
    await refused(route({ labels: [] }), 'invalid_argument', /'labels' is not known/);
    assert.equal((await route({ policy: 's1' })).model, 'poet');
  });

  for (const option of ['k', 'kappa', 'threshold', 'sigma', 'eta', 'maxCoveragePercentile']) {
    it(`refuse ${option} if it is out of range, NaN, infinite or a text`, async () => {
      for (const value of [-1, 1e12, Number.NaN, Number.POSITIVE_INFINITY, '3', [1], {}, true, 3n, () => 3]) {
        await refused(route({ [option]: value }), 'invalid_argument', new RegExp(option));
      }
    });
  }

  for (const option of ['maxUsdPerMTok', 'prefer', 'costWeight', 'neighbours']) {
    it(`refuse ${option} if it is negative, NaN, infinite or a text`, async () => {
      for (const value of [-0.5, Number.NaN, Number.NEGATIVE_INFINITY, '3']) {
        await refused(route({ [option]: value }), 'invalid_argument', new RegExp(option));
      }
    });
  }

  it('that are unknown are refused, and so is a separate deny list', async () => {
    await refused(route({ maxPrice: 3 }), 'invalid_argument', /'maxPrice' is not known/);
    await refused(route({ deny: ['poet'] }), 'invalid_argument', /'deny' is not known, expected candidates/);
    await refused(
      route({ policy: 's4' }),
      'invalid_argument',
      /policy is 's4', expected signalbox, paper, s1 or families/,
    );
    await refused(router.route(Array(8).fill(1), { K: 3 }), 'invalid_argument', /'K' is not known/);
    await refused(router.routeTask([Array(8).fill(1)], { K: 3 }), 'invalid_argument', /'K' is not known/);
  });

  it('that are undefined are ignored', async () => {
    const options = { k: undefined, prices: undefined, signal: undefined, policy: undefined };
    assert.deepEqual(await route(options), await route());
  });

  it('that are not JSON are refused', async () => {
    const labels = [{ index: 0, outcomes: {} }];
    labels[0].outcomes.poet = labels;
    await refused(router.routeTask([POEM], { labels }), 'invalid_argument', /not JSON/);
  });
});
