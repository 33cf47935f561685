// Valid options that an index or a policy cannot honour are notes of the decision.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { NOTE_CODES, Router, routeWithFeedback } from '../../../dist/index.js';
import { embedderFiles, expectNothingOpen, randomSpec } from '../support/fixtures.mjs';
import { POEM, topicsIndex } from '../support/topics.mjs';

const VECTOR = [1, 2, 3, 4, 5, 6, 7, 8];

let priced;
let unpriced;
let single;
before(async () => {
  priced = await Router.load({ index: await topicsIndex(), embedder: embedderFiles() });
  unpriced = await Router.load({ index: await buildIndex(randomSpec()), embedder: null });
  single = await Router.load({ index: await buildIndex(randomSpec({ tasks: 1 })), embedder: null });
});
after(() => {
  for (const router of [priced, unpriced, single]) router.dispose();
});
expectNothingOpen();

const codes = ({ notes }) => notes.map(({ code }) => code);

describe('notes', () => {
  it('are an empty list if every option was honoured', async () => {
    const options = { prefer: 10, kappa: 5, neighbours: 3, policy: 's1', k: 10 };
    assert.deepEqual((await priced.route(POEM, options)).notes, []);
    assert.deepEqual((await priced.route(POEM)).notes, []);
    assert.deepEqual((await priced.routeTask([POEM], { policy: 's3', k: 3, threshold: 0.4, sigma: 0.1 })).notes, []);
  });

  it('name a dial without prices', async () => {
    const message = 'prefer has no effect: no candidate has a known price';
    for (const prefer of ['balanced', 'cheap', 10]) {
      assert.deepEqual((await unpriced.route(VECTOR, { prefer })).notes, [{ code: 'no_prices', message }]);
    }
    const [weight] = (await unpriced.routeTask([VECTOR], { costWeight: 1 })).notes;
    assert.match(weight.message, /^costWeight has no effect/);
    for (const options of [{}, { prefer: 'best' }, { prefer: 0 }, { costWeight: 0 }]) {
      assert.deepEqual((await unpriced.route(VECTOR, options)).notes, [], JSON.stringify(options));
    }
    assert.deepEqual((await unpriced.route(VECTOR, { prefer: 10, prices: { m0: 1 } })).notes, []);
    const alone = await priced.route(POEM, { prefer: 10, candidates: ['unpriced'] });
    assert.deepEqual(codes(alone), ['no_prices'], 'the candidates count, not the index');
  });

  it('say that the choice has no price to weigh', async () => {
    const candidates = ['unpriced', 'coder'];
    const corrections = { unpriced: 1 };
    const decision = await priced.route(POEM, { candidates, corrections, costWeight: 1 });
    assert.equal(decision.model, 'unpriced');
    const message = 'costWeight has no effect: the price of unpriced is not known';
    assert.deepEqual(decision.notes, [{ code: 'pick_without_price', message }]);
    assert.deepEqual(codes(await priced.route(POEM, { candidates, corrections, prefer: 100 })), []);
  });

  it('say that one task is not enough for a policy that compares tasks', async () => {
    assert.deepEqual(codes(await single.route(VECTOR)), ['one_task']);
    assert.deepEqual(codes(await single.routeTask([VECTOR])), ['one_task']);
    assert.deepEqual(codes(await single.route(VECTOR, { policy: 's1' })), []);
    assert.deepEqual(codes(await single.route(VECTOR, { policy: 'paper' })), []);
  });

  it('name constants that the policy does not use', async () => {
    const { notes } = await priced.route(POEM, { k: 5, sigma: 0.1 });
    assert.deepEqual(notes, [
      { code: 'unused_by_policy', message: 'k does not affect the choice of the policy signalbox' },
      { code: 'unused_by_policy', message: 'sigma does not affect the choice of the policy signalbox' },
    ]);
    assert.deepEqual(codes(await priced.route(POEM, { policy: 's1', threshold: 0.4 })), ['unused_by_policy']);
    assert.deepEqual(codes(await priced.routeTask([POEM], { policy: 's2', threshold: 0.4 })), []);
  });

  it('are right about those constants: no value of theirs changes the choice', async () => {
    const facts = ({ model, ranking, confidence }) => ({
      model,
      confidence,
      ranking: ranking.map(({ model: name, pCorrect }) => [name, pCorrect]),
    });
    for (const policy of ['signalbox', 's1', 's2', 's3']) {
      for (const options of [{ k: 2 }, { threshold: 0.9 }, { sigma: 2 }]) {
        const plain = facts(await priced.routeTask([POEM, 'sort a list'], { policy }));
        const { notes, ...decision } = await priced.routeTask([POEM, 'sort a list'], { policy, ...options });
        if (notes.length > 0) assert.deepEqual(facts(decision), plain, `${policy} ${JSON.stringify(options)}`);
        if (policy === 's2' || policy === 's3') continue;
        const one = facts(await priced.route(POEM, { policy }));
        const { notes: some, ...input } = await priced.route(POEM, { policy, ...options });
        if (some.length > 0) assert.deepEqual(facts(input), one, `${policy} ${JSON.stringify(options)}, one input`);
      }
    }
  });

  it('name counts above the rows of the index', async () => {
    const options = { policy: 's1', k: 61, kappa: 60, neighbours: 99 };
    const decision = await unpriced.route(VECTOR, options);
    assert.deepEqual(decision.notes, [
      { code: 'more_than_rows', message: 'k is 61, but the index has 60 rows' },
      { code: 'more_than_rows', message: 'neighbours is 99, but the index has 60 rows' },
    ]);
    assert.equal(decision.neighbours.length, 60);
  });

  it('come with every decision of many, and with feedback', async () => {
    const decisions = await single.routeMany([VECTOR, VECTOR]);
    assert.deepEqual(decisions.map(codes), [['one_task'], ['one_task']]);
    const feedback = [{ vector: VECTOR, outcomes: { m0: true } }];
    assert.deepEqual(codes(await routeWithFeedback(single, VECTOR, feedback)), ['one_task']);
  });

  it('have codes of a closed list', () => {
    assert.deepEqual(NOTE_CODES, [
      ...['no_prices', 'pick_without_price', 'one_task', 'unused_by_policy', 'more_than_rows'],
      ...['multilingual_unavailable', 'needs_unchecked', 'added_model'],
    ]);
  });
});
