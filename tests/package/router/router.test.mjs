// Inputs and outputs of a router: prompts, tasks, vectors, and the shape of a decision.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Router, StaticEmbedder } from '../../../dist/index.js';
import {
  embedderFiles,
  expectNothingOpen,
  randomFrom,
  randomPrompts,
  randomVectors,
  refused,
} from '../support/fixtures.mjs';
import { CODE, POEM, topicsIndex } from '../support/topics.mjs';

let index;
let router;

before(async () => {
  index = await topicsIndex();
  router = await Router.load({ index, embedder: embedderFiles() });
});
after(() => router.dispose());
expectNothingOpen();

const DECISION = [
  ...['model', 'policy', 'reason', 'reasons', 'confidence', 'challengerConfidence', 'fallback', 'fallbackReason'],
  ...['bestSingleModel', 'challenger', 'chance', 'kind', 'kinds', 'strength'],
  ...[
    'coverage',
    'embedder',
    'price',
    'ranking',
    'tasks',
    'neighbours',
    'excluded',
    'notes',
    'tokens',
    'truncated',
    'language',
  ],
];
const RANKED = [
  'model',
  'pCorrect',
  'interval',
  'votes',
  'ownMean',
  'meanOutcome',
  'paramsB',
  'usdPerMTok',
  'usdPerAnswer',
];
const NEIGHBOUR = ['row', 'task', 'id', 'similarity', 'distance', 'outcomes', 'text'];

const sorted = (keys) => [...keys].sort();
const keysOf = (value) => sorted(Object.keys(value));
const models = ({ ranking }) => ranking.map(({ model }) => model);

function expectShape(decision, { more = [], moreRanked = [] } = {}) {
  assert.deepEqual(keysOf(decision), sorted([...DECISION, ...more]));
  assert.deepEqual(keysOf(decision.coverage), ['meanDistance', 'outOfCoverage', 'percentile']);
  assert.ok(decision.confidence >= 0 && decision.confidence <= 1);
  assert.ok(decision.challengerConfidence >= 0 && decision.challengerConfidence <= 1);
  if (decision.model === decision.bestSingleModel && decision.challenger === decision.model) {
    // The default dial gives up two points, which only the one counts.
    if (decision.policy === 'signalbox') assert.ok(decision.confidence >= decision.challengerConfidence);
    else assert.equal(decision.confidence, 1);
  }
  assert.ok(decision.coverage.percentile >= 0 && decision.coverage.percentile <= 100);
  assert.ok(['strong', 'even', 'weak'].includes(decision.strength));
  assert.deepEqual([decision.kind, decision.kinds], [null, []], 'an index without kinds');
  const { pCorrect } = decision.ranking.find(({ model }) => model === decision.model);
  assert.equal(
    decision.chance,
    decision.coverage.outOfCoverage || decision.fallbackReason === 'unread' ? null : pCorrect,
  );
  let last = 1;
  for (const ranked of decision.ranking) {
    assert.deepEqual(keysOf(ranked), sorted([...RANKED, ...moreRanked]));
    const [low, high] = ranked.interval;
    assert.ok(ranked.pCorrect >= 0 && ranked.pCorrect <= last, 'best first');
    assert.ok(low >= 0 && low <= high && high <= 1, `interval ${ranked.interval}`);
    last = ranked.pCorrect;
  }
  let nearest = 0;
  for (const neighbour of decision.neighbours) {
    assert.deepEqual(keysOf(neighbour), sorted(NEIGHBOUR));
    assert.deepEqual(Object.keys(neighbour.outcomes), ['poet', 'coder', 'generalist', 'unpriced']);
    assert.equal(neighbour.similarity, 1 - neighbour.distance);
    assert.ok(neighbour.distance >= nearest, 'nearest first');
    nearest = neighbour.distance;
  }
  assert.deepEqual(structuredClone(decision), decision);
  assert.deepEqual(JSON.parse(JSON.stringify(decision)), decision);
}

describe('route', () => {
  it('picks the model that was right on similar prompts, with its reasons', async () => {
    const decision = await router.route(POEM, { neighbours: 5 });
    expectShape(decision);
    assert.equal(decision.model, 'poet');
    assert.equal(decision.challenger, 'poet');
    assert.equal(decision.bestSingleModel, 'generalist');
    assert.equal(decision.policy, 'signalbox');
    assert.equal(decision.fallback, false);
    assert.equal(decision.fallbackReason, null);
    assert.match(decision.reason, /^Best for this prompt, and very likely better than the best overall\./);
    assert.ok(decision.reason.includes(decision.reasons.choice));
    const undated = { usdPerAnswer: null, date: null, source: null, ageDays: null, stale: false };
    assert.deepEqual(decision.price, { usdPerMTok: 3, ...undated });
    assert.equal(decision.tokens, 6);
    assert.equal(decision.truncated, false);
    assert.equal(decision.neighbours.length, 5);
    assert.ok(decision.neighbours.every(({ task, id }) => task === 'poems' && id.startsWith('poems-')));
    assert.equal((await router.route(CODE)).model, 'coder');
  });

  it('lists the similar benchmark tasks, most similar first', async () => {
    const { tasks, reason } = await router.route(POEM);
    assert.deepEqual(
      tasks.map(({ task }) => task),
      ['poems', 'code'],
    );
    const [{ weight: first }, { weight: second }] = tasks;
    // Two float64 numbers divided by their sum.
    assert.ok(Math.abs(first + second - 1) < 1e-12 && first > second);
    assert.match(reason, /^.* mostly from poems\.$/);
  });

  it("uses the paper's score on request, under the name of that score", async () => {
    const decision = await router.route(POEM, { policy: 's1' });
    expectShape(decision);
    assert.equal(decision.policy, 's1');
    assert.equal(decision.model, 'poet');
    assert.deepEqual(decision.tasks, []);
    assert.ok(decision.ranking.every(({ votes }) => votes === 20));
    const paper = await router.route(POEM, { policy: 'paper' });
    assert.equal(paper.policy, 's1');
    assert.deepEqual(paper.ranking, decision.ranking);
  });

  it('returns the same decision for the same prompt', async () => {
    assert.deepEqual(await router.route(POEM), await router.route(POEM));
  });

  for (const [what, prompt, reason, sentence] of [
    ['an empty prompt', '', 'empty_prompt', /The prompt is empty\./],
    ['white space', ' \n\t\u3000 ', 'empty_prompt', /The prompt is empty\./],
    ['invisible characters', '\u200b\ufeff\0', 'empty_prompt', /The prompt is empty\./],
    ['a prompt without a known word', 'zzz qqq', 'unread', /This language can't be read\./],
    ['a prompt of lone surrogates', '\ud800\udfff\udc00', 'unread', /There are no words in this prompt\./],
  ]) {
    it(`routes ${what} to the best model on average, and reports the fallback`, async () => {
      const decision = await router.route(prompt, { neighbours: 5 });
      expectShape(decision);
      assert.equal(decision.model, 'generalist');
      assert.equal(decision.fallbackReason, reason);
      assert.equal(decision.fallback, true);
      assert.match(decision.reason, sentence);
      assert.equal(decision.tokens, 0);
      assert.deepEqual(decision.neighbours, []);
      assert.ok(decision.ranking.every(({ ownMean, pCorrect, meanOutcome }) => ownMean && pCorrect === meanOutcome));
    });
  }

  it('routes a prompt that resembles nothing to the best model on average', async () => {
    const decision = await router.route('law court');
    expectShape(decision);
    assert.equal(decision.model, 'generalist');
    assert.equal(decision.fallbackReason, 'out_of_coverage');
    assert.equal(decision.coverage.outOfCoverage, true);
    const trusting = await router.route('law court', { maxCoveragePercentile: 100, eta: 0 });
    assert.equal(trusting.fallback, false);
  });

  it('reads the text around lone surrogates', async () => {
    const decision = await router.route(`${POEM} \ud83d`);
    assert.equal(decision.model, 'poet');
    assert.equal(decision.tokens, 6);
  });

  it('routes a megabyte by its beginning', async () => {
    const decision = await router.route(`${POEM} ${'code '.repeat(200_000)}`);
    expectShape(decision);
    assert.equal(decision.truncated, true);
    assert.equal(decision.tokens, 512);
    const noSpaces = await router.route('x'.repeat(1_000_000));
    assert.equal(noSpaces.fallbackReason, 'unread');
    assert.equal(noSpaces.truncated, true);
  });

  for (const prompt of [undefined, null, 7, {}, ['a poem'], new String('a poem')]) {
    it(`refuses ${Object.prototype.toString.call(prompt)} as a prompt`, () =>
      refused(router.route(prompt), 'invalid_argument', /the input is .*, expected a prompt/));
  }
});

describe('routeTask', () => {
  const TASK = ['inputs', 'labelled', 'u'];
  const SCORES = ['s1', 's2', 's3', 'p', 'pMeasured'];
  const poems = [POEM, 'write about the sun', 'poem history king'];

  it('decides for all prompts together', async () => {
    const decision = await router.routeTask(poems, { policy: 's1' });
    expectShape(decision, { more: TASK, moreRanked: SCORES });
    assert.equal(decision.model, 'poet');
    assert.equal(decision.inputs, 3);
    assert.equal(decision.labelled, 0);
    assert.equal(decision.u, decision.coverage.meanDistance);
    assert.ok(decision.ranking.every(({ pMeasured }) => !pMeasured));
    const single = await Promise.all(poems.map((prompt) => router.route(prompt)));
    assert.equal(
      decision.tokens,
      single.reduce((sum, { tokens }) => sum + tokens, 0),
    );
  });

  it('ranks by the requested score', async () => {
    assert.equal((await router.routeTask(poems)).policy, 'signalbox');
    for (const policy of ['s1', 's2', 's3']) {
      const decision = await router.routeTask(poems, { policy });
      assert.equal(decision.policy, policy);
      assert.ok(decision.ranking.every((ranked) => ranked.pCorrect === ranked[policy]));
    }
    const { policy, ranking } = await router.routeTask(poems, { policy: 'paper' });
    assert.equal(policy, 's3');
    assert.deepEqual(ranking, (await router.routeTask(poems, { policy: 's3' })).ranking);
  });

  it('measures the accuracy of the predictor on labels', async () => {
    const labels = [
      { index: 0, outcomes: { poet: true, coder: 0 } },
      { index: 2, outcomes: { poet: 1 } },
    ];
    const decision = await router.routeTask(poems, { labels, policy: 's3' });
    expectShape(decision, { more: TASK, moreRanked: SCORES });
    assert.equal(decision.labelled, 2);
    const measured = decision.ranking.filter(({ pMeasured }) => pMeasured);
    assert.deepEqual(sorted(measured.map(({ model }) => model)), ['coder', 'poet']);
    const allRight = measured.every(({ p }) => p === 1);
    assert.ok(allRight, 'every label agrees with the prediction');
    assert.equal(decision.challenger, 'poet');
  });

  it('gives more weight to benchmark tasks that match its labels', async () => {
    const labels = poems.map((_, index) => ({ index, outcomes: { poet: 1, coder: 0, generalist: 1, unpriced: 0 } }));
    const [without, labelled] = [await router.routeTask(poems), await router.routeTask(poems, { labels })];
    expectShape(labelled, { more: TASK, moreRanked: SCORES });
    assert.equal(labelled.labelled, 3);
    assert.equal(labelled.tasks[0].task, 'poems');
    assert.ok(labelled.tasks[0].weight > without.tasks[0].weight);
    assert.equal(labelled.model, 'poet');
  });

  for (const [what, labels, message] of [
    ['a label without a prompt', [{ index: 3, outcomes: {} }], /label for input 3, the task has 3/],
    ['two labels for one prompt', [0, 0].map((index) => ({ index, outcomes: {} })), /occurs twice/],
    ['a label without an index', [{ outcomes: {} }], /index is missing/],
    ['a label for half a prompt', [{ index: 0.5, outcomes: {} }], /index is 0.5, expected an integer/],
    ['an outcome that is too large', [{ index: 0, outcomes: { poet: 2 } }], /outside \[0, 1\]/],
    ['an outcome that is a word', [{ index: 0, outcomes: { poet: 'yes' } }], /not a number or boolean/],
    ['an outcome that is NaN', [{ index: 0, outcomes: { poet: Number.NaN } }], /poet is NaN/],
    ['a list as outcomes', [{ index: 0, outcomes: [1] }], /outcomes is not an object/],
    ['labels that are not a list', { 0: {} }, /labels is an object, expected a list/],
  ]) {
    it(`refuses ${what}`, () => refused(router.routeTask(poems, { labels }), 'invalid_argument', message));
  }

  it('skips prompts without a known word, and falls back if none is left', async () => {
    const some = await router.routeTask([POEM, '', 'zzz'], { policy: 's1' });
    const one = await router.routeTask([POEM], { policy: 's1' });
    assert.deepEqual(some.ranking, one.ranking);
    assert.equal(some.inputs, 3);
    const none = await router.routeTask(['', 'zzz']);
    expectShape(none, { more: TASK, moreRanked: SCORES });
    assert.equal(none.fallbackReason, 'unread');
    assert.match(none.reason, /This language can't be read\./);
    const empty = await router.routeTask(['', ' ']);
    assert.equal(empty.fallbackReason, 'empty_prompt');
    assert.match(empty.reason, /The prompts are empty\./);
  });

  it('embeds a long task in blocks, which does not change the decision', async () => {
    const prompts = randomPrompts(randomFrom(8), 600);
    const decision = await router.routeTask(prompts, { policy: 's1', eta: 0 });
    assert.equal(decision.inputs, 600);
    const reversed = await router.routeTask(prompts.toReversed(), { policy: 's1', eta: 0 });
    assert.deepEqual(models(reversed), models(decision));
  });

  for (const prompts of [[], undefined, null, 'a poem', { length: 1, 0: 'a poem' }]) {
    it(`refuses ${JSON.stringify(prompts)} as a task`, () =>
      refused(router.routeTask(prompts), 'invalid_argument', /a list of/));
  }

  it('refuses a task with a prompt that is not a text', () =>
    refused(router.routeTask([POEM, 7]), 'invalid_argument', /input 1 is 7, expected a prompt/));
});

describe('vectors', () => {
  const random = randomFrom(9);
  const flat = randomVectors(random, 4, 8);
  const rows = [0, 1, 2, 3].map((i) => flat.slice(8 * i, 8 * i + 8));

  it('lead to the same decisions as their prompts', async () => {
    const { tokens, ...byPrompt } = await router.route(POEM);
    assert.equal(tokens, 6);
    const embedder = await StaticEmbedder.load(embedderFiles());
    const [{ vector }] = await embedder.embed([POEM]);
    embedder.dispose();
    const { tokens: none, ...byVector } = await router.route(vector);
    assert.equal(none, null);
    assert.deepEqual(byVector, byPrompt);
  });

  it('come from the router itself, once for many decisions', async () => {
    const prompts = [POEM, CODE, 'xyzzy'];
    const embeddings = await router.embed(prompts);
    const vectors = embeddings.map(({ vector }) => vector);
    for (const [i, prompt] of prompts.entries()) {
      assert.deepEqual(await router.route(embeddings[i]), await router.route(prompt));
    }
    for (const i of [0, 1]) {
      const { vector, promptTokens, ...read } = embeddings[i];
      assert.equal(promptTokens, Math.ceil(prompts[i].length / 4));
      assert.deepEqual({ ...(await router.route(vector)), ...read }, await router.route(prompts[i]));
    }
    const nothing = { tokens: 0, truncated: false, unread: 'language' };
    assert.deepEqual(embeddings[2], { vector: new Float32Array(8), promptTokens: 2, ...nothing });
    const labels = [{ index: 0, outcomes: { poet: true } }];
    for (const options of [{}, { policy: 's3' }, { labels }]) {
      const { tokens, truncated } = await router.routeTask(prompts, options);
      assert.equal(tokens, 12);
      const byVectors = await router.routeTask(vectors, options);
      assert.deepEqual({ ...byVectors, tokens, truncated }, await router.routeTask(prompts, options));
    }
    await refused(router.embed([]), 'invalid_argument', /at least one prompt/);
    await refused(router.embed(POEM), 'invalid_argument');
    await refused(router.embed([3]), 'invalid_argument', /number/);
    await refused(router.embed([POEM], { signal: AbortSignal.abort() }), 'aborted');
  });

  it('are reported without tokens', async () => {
    const one = await router.route(rows[0]);
    const all = await router.routeTask(flat);
    expectShape(one);
    for (const decision of [one, all]) {
      assert.equal(decision.tokens, null);
      assert.equal(decision.truncated, false);
    }
  });

  it('may be one matrix, a list of arrays or a list of typed arrays', async () => {
    const matrix = await router.routeTask(flat);
    assert.equal(matrix.inputs, 4);
    assert.deepEqual(await router.routeTask(rows), matrix);
    assert.deepEqual(await router.routeTask(rows.map((row) => [...row])), matrix);
    assert.deepEqual(await router.routeTask(rows.map((row) => Float64Array.from(row))), matrix);
    assert.deepEqual(await router.route([...rows[1]]), await router.route(rows[1]));
  });

  it('are not changed, and need not have unit norm', async () => {
    const copy = flat.slice();
    const decision = await router.routeTask(flat);
    assert.deepEqual(flat, copy);
    // Scaling by a power of two does not round.
    assert.deepEqual(await router.routeTask(flat.map((x) => 4 * x)), decision);
  });

  it('of zeros mean that nothing could be read', async () => {
    const decision = await router.route(new Float32Array(8));
    assert.equal(decision.fallbackReason, 'unread');
    assert.match(decision.reason, /This prompt can't be read\./);
  });

  for (const [what, vectors] of [
    ['a matrix whose length is not a multiple of dim', new Float32Array(9)],
    ['a vector that is too long', [new Float32Array(9)]],
  ]) {
    it(`of a task must not be ${what}`, () => refused(router.routeTask(vectors), 'dimension_mismatch', /8/));
  }

  for (const [what, vectors, message] of [
    ['nothing', new Float32Array(0), /at least one/],
    ['an empty list', [], /at least one/],
    ['a list with holes', new Array(2), /input 0 is undefined/],
    ['a list of numbers', [1, 2, 3, 4, 5, 6, 7, 8], /input 0 is 1/],
  ]) {
    it(`of a task must not be ${what}`, () => refused(router.routeTask(vectors), 'invalid_argument', message));
  }

  it('must be numbers', async () => {
    await refused(router.route([0, 'a', 0, 0, 0, 0, 0, 0]), 'non_finite');
    await refused(router.route([1e39, 0, 0, 0, 0, 0, 0, 0]), 'non_finite');
    await refused(router.routeTask('12345678'), 'invalid_argument', /a list/);
    await refused(router.route(null), 'invalid_argument', /null/);
  });
});
