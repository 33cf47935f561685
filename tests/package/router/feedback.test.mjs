// Ratings of a user: which of them count, and what they change.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Router, routeWithFeedback } from '../../../dist/index.js';
import { correctionsOf, FEEDBACK_CONSTANTS } from '../../../dist/routing/feedback.js';
import { embedderFiles, expectNothingOpen, refused } from '../support/fixtures.mjs';
import { CODE, POEM, topicsIndex } from '../support/topics.mjs';

let router;
/** Vectors near one topic and far from the other. */
let poems;
let code;

const cosine = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
const rated = (vectors, outcomes) => vectors.map((vector) => ({ vector, outcomes }));
const pOf = ({ ranking }, name) => ranking.find(({ model }) => model === name).pCorrect;
const routed = (feedback, options) => routeWithFeedback(router, POEM, feedback, options);

before(async () => {
  router = await Router.load({ index: await topicsIndex(), embedder: embedderFiles() });
  const embedded = async (prompts) => (await router.embed(prompts)).map(({ vector }) => vector);
  poems = await embedded(Array.from({ length: 40 }, (_, i) => `${POEM}${' the sun'.repeat(i % 4)}`));
  code = await embedded([CODE, `${CODE} sum`]);
  const [poem] = await embedded([POEM]);
  assert.ok(poems.every((vector) => cosine(poem, vector) > FEEDBACK_CONSTANTS.similarity));
  assert.ok(code.every((vector) => cosine(poem, vector) < FEEDBACK_CONSTANTS.similarity));
});
after(() => router.dispose());
expectNothingOpen();

describe('the decision', () => {
  it('is that of route without ratings, with only distant ones, or with ratings of unknown models', async () => {
    for (const options of [{}, { prefer: 60, neighbours: 2, candidates: { deny: ['coder'] } }, { policy: 's1' }]) {
      const plain = await router.route(POEM, options);
      for (const feedback of [[], rated(code, { poet: 0 }), rated(poems, { stranger: 0 }), rated(poems, {})]) {
        const { feedbackUsed: counted, modelWithoutFeedback, ...decision } = await routed(feedback, options);
        assert.deepEqual(decision, plain);
        assert.equal(counted, 0);
        assert.equal(modelWithoutFeedback, plain.model);
      }
    }
  });

  it('avoids a model that was wrong repeatedly, and reports it', async () => {
    const plain = await router.route(POEM, { neighbours: 3 });
    assert.equal(plain.model, 'poet');
    const decision = await routed(rated(poems, { poet: false, generalist: true }), { neighbours: 3 });
    assert.equal(decision.model, 'generalist');
    assert.equal(decision.modelWithoutFeedback, 'poet');
    assert.equal(decision.feedbackUsed, poems.length);
    assert.match(decision.reason, /\. Your 40 ratings of similar prompts changed the pick from poet\.$/);
    assert.equal(decision.bestSingleModel, plain.bestSingleModel);
    assert.deepEqual(decision.neighbours, plain.neighbours);
    assert.deepEqual(decision.tasks, plain.tasks);
    assert.equal(decision.tokens, plain.tokens);
  });

  it('is unchanged if the ratings match the predictions', async () => {
    const decision = await routed(rated(poems.slice(0, 1), { poet: 1, stranger: 0 }));
    assert.equal(decision.model, 'poet');
    assert.equal(decision.feedbackUsed, 1);
    assert.equal(decision.reasons.feedback, 'Your rating of a similar prompt does not change the pick.');
    assert.ok(decision.reason.endsWith(`. ${decision.reasons.feedback}`));
  });

  it('changes with every rating, and more with more ratings', async () => {
    let last = pOf(await router.route(POEM), 'poet');
    for (const count of [1, 5, 20]) {
      const p = pOf(await routed(rated(poems.slice(0, count), { poet: 0 })), 'poet');
      assert.ok(p < last, `${p} after ${count}, ${last} before`);
      last = p;
    }
  });

  it('corrects predictions before it considers prices', async () => {
    const options = { prefer: 30 };
    assert.equal((await router.route(POEM, options)).model, 'poet', 'generalist is more than .3 behind');
    assert.equal((await routed(rated(poems, { poet: 0, generalist: 1 }), options)).model, 'generalist');
  });

  it('adds to given corrections', async () => {
    const given = pOf(await router.route(POEM, { corrections: { poet: -0.1 } }), 'poet');
    const both = pOf(await routed(rated(poems, { poet: 0 }), { corrections: { poet: -0.1 } }), 'poet');
    assert.ok(both < given, `${both} and ${given}`);
    const { corrections } = { corrections: { coder: 0.2 } };
    const coder = pOf(await routed(rated(poems, { poet: 0 }), { corrections }), 'coder');
    assert.equal(
      coder,
      pOf(await router.route(POEM, { corrections }), 'coder'),
      'corrections of models without ratings stay',
    );
  });

  it('counts ratings within the given similarity', async () => {
    assert.equal((await routed(rated(code, { poet: 0 }), { similarity: -1 })).feedbackUsed, 2);
    assert.equal((await routed(rated(poems, { poet: 0 }), { similarity: 1 })).feedbackUsed < poems.length, true);
  });

  it('counts only the nearest ratings if there are too many', async () => {
    const many = [
      ...rated(Array(FEEDBACK_CONSTANTS.most).fill(poems[0]), { poet: 0 }),
      ...rated(poems.slice(1, 4), { poet: 1 }),
    ];
    const decision = await routed(many);
    assert.equal(decision.feedbackUsed, FEEDBACK_CONSTANTS.most);
    assert.deepEqual(decision, await routed(many.slice(0, FEEDBACK_CONSTANTS.most)));
  });

  it('of a prompt without a known word is that of route', async () => {
    const {
      feedbackUsed: counted,
      modelWithoutFeedback: _,
      ...decision
    } = await routeWithFeedback(router, 'xyzzy', rated(poems, { poet: 0 }));
    assert.equal(counted, 0);
    assert.deepEqual(decision, await router.route('xyzzy'));
  });

  it('requests the predictions of a rating once', async () => {
    let asked = 0;
    const counting = {
      info: router.info,
      embed: (...input) => router.embed(...input),
      route: (...input) => {
        asked += 1;
        return router.route(...input);
      },
    };
    const feedback = rated(poems, { poet: 0 });
    const first = await routeWithFeedback(counting, POEM, feedback);
    assert.equal(asked, poems.length + 2);
    assert.deepEqual(await routeWithFeedback(counting, POEM, feedback), first);
    assert.equal(asked, poems.length + 4);
  });
});

describe('refuses', () => {
  const cases = [
    ['vectors of another length', [{ vector: [1, 2], outcomes: {} }], 'dimension_mismatch', /feedback 0 has 2/],
    ['no vectors', [{ outcomes: {} }], 'dimension_mismatch', /undefined dimensions/],
    ['outcomes outside 0..1', [{ vector: Array(8).fill(1), outcomes: { poet: 2 } }], 'invalid_argument', /poet is 2/],
    [
      'outcomes that are texts',
      [{ vector: Array(8).fill(1), outcomes: { poet: 'no' } }],
      'invalid_argument',
      /poet is no\b/,
    ],
    ['no outcomes', [{ vector: Array(8).fill(1) }], 'invalid_argument', /feedback 0: outcomes is undefined/],
    ['ratings that are not a list', {}, 'invalid_argument', /feedback is an object/],
  ];
  for (const [what, feedback, code, message] of cases) {
    it(what, () => refused(routed(feedback), code, message));
  }

  it('invalid similarities', async () => {
    for (const similarity of [2, -1.5, Number.NaN, '.3']) {
      await refused(routed([], { similarity }), 'invalid_argument', /similarity is/);
    }
  });

  it('aborted requests', () => refused(routed([], { signal: AbortSignal.abort() }), 'aborted'));
});

describe('corrections', () => {
  const { priorLabels } = FEEDBACK_CONSTANTS;

  it('are empty without ratings, and 0 if outcomes are as predicted', () => {
    assert.deepEqual(correctionsOf([]), {});
    assert.deepEqual(correctionsOf([{ model: 'a', value: 0 }]), { a: 0 });
  });

  it('are the mean surprise of each model, shrunk by the prior', () => {
    const surprises = [
      { model: 'a', value: -0.7 },
      { model: 'b', value: 0.25 },
      { model: 'a', value: 0.1 },
    ];
    assert.deepEqual(correctionsOf(surprises), { a: (-0.7 + 0.1) / (2 + priorLabels), b: 0.25 / (1 + priorLabels) });
  });

  it('are half of the mean surprise for as many ratings as the prior', () => {
    assert.ok(Math.abs(correctionsOf(Array(priorLabels).fill({ model: 'a', value: -0.5 })).a + 0.25) < 1e-12);
  });
});
