// Judges of answers: what a score says is learned from judged answers, and weighed by a cascade's next step.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { agreementOf, learnJudge, Router, verdictOf } from '../../../dist/index.js';
import { expectNothingOpen, randomFrom, randomSpec } from '../support/fixtures.mjs';

/** Judged answers with scores like log-probabilities: of those with a score s, the share exp(s) is right. */
function logProbabilities(count, seed) {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => {
    const score = -2 * random();
    return { score, correct: random() < Math.exp(score) };
  });
}

const repeat = (count, row) => Array.from({ length: count }, () => row);
/** 80 of 100 right answers agree, and 30 of 100 wrong ones. */
const AGREEMENTS = [
  ...repeat(80, { score: 1, correct: true }),
  ...repeat(20, { score: 0, correct: true }),
  ...repeat(30, { score: 1, correct: false }),
  ...repeat(70, { score: 0, correct: false }),
];

describe('a judge', () => {
  it('learns how often right answers are accepted and wrong ones rejected', () => {
    const judge = learnJudge(AGREEMENTS);
    assert.deepEqual([judge.rows, judge.base, judge.threshold], [200, 0.5, 1]);
    assert.equal(judge.sensitivity, 0.8);
    assert.equal(judge.specificity, 0.7);
    assert.deepEqual(JSON.parse(JSON.stringify(judge)), judge);
  });

  it('calibrates scores of any scale: chances rise, and are those of new answers', () => {
    const { steps } = learnJudge(logProbabilities(4000, 1));
    for (const [i, { score, chance }] of steps.entries()) {
      assert.ok(i === 0 || (score > steps[i - 1].score && chance >= steps[i - 1].chance));
      assert.ok(chance > 0 && chance < 1);
    }
    const chanceAt = (score) => (steps.filter((step) => step.score <= score).at(-1) ?? steps[0]).chance;
    const fresh = logProbabilities(4000, 2);
    const brier = (chanceOf) => fresh.reduce((sum, row) => sum + (Number(row.correct) - chanceOf(row)) ** 2, 0) / 4000;
    const known = brier(({ score }) => Math.exp(score));
    assert.ok(brier(({ score }) => chanceAt(score)) < known + 0.005);
    assert.ok(brier(() => 0.43) > known + 0.02);
  });

  it('that cannot tell says nothing', () => {
    const backwards = AGREEMENTS.map(({ score, correct }) => ({ score: 1 - score, correct }));
    const judge = learnJudge(backwards);
    assert.equal(judge.steps.length, 1);
    assert.equal(judge.threshold, null);
    for (const score of [0, 1]) {
      const { sensitivity, specificity } = verdictOf(judge, score);
      assert.equal(sensitivity + specificity, 1);
    }
  });

  it('has no verdict that rules anything out from few answers', () => {
    const judge = learnJudge([...repeat(6, { score: 1, correct: true }), ...repeat(6, { score: 0, correct: false })]);
    for (const score of [-1, 0, 0.5, 1, 2]) {
      const { sensitivity, specificity } = verdictOf(judge, score);
      assert.ok(sensitivity + specificity < 2);
    }
  });

  it('refuses what it cannot learn from', () => {
    const right = { score: 1, correct: true };
    for (const [rows, message] of [
      [undefined, /got no judged answers, expected a list of at least 10/],
      [repeat(9, right), /got 9 judged answers/],
      [repeat(10, right), /10 of 10 judged answers are right, expected some of both/],
      [[...repeat(10, right), { score: Number.NaN, correct: false }], /score is NaN, expected a number/],
      [[...repeat(10, right), { score: 1 }], /correct is undefined, expected true or false/],
      [[...repeat(10, right), { ...right, model: 'm' }], /'model' is not known/],
      [[...repeat(10, right), null], /a judged answer is null/],
    ]) {
      assert.throws(() => learnJudge(rows), { code: 'invalid_argument', message });
    }
    const judge = learnJudge(AGREEMENTS);
    assert.throws(() => verdictOf(judge, Number.NaN), { code: 'invalid_argument' });
    for (const bad of [
      undefined,
      {},
      { ...judge, steps: [] },
      { ...judge, base: 1 },
      { ...judge, steps: [{ score: 0, chance: 1 }] },
    ]) {
      assert.throws(() => verdictOf(bad, 1), /expected a judge of learnJudge/);
    }
  });
});

describe('with a router', () => {
  let router;
  before(async () => {
    const embedder = {
      id: '',
      dim: 8,
      embed: async (texts) =>
        texts.map((text) => ({
          vector: Float32Array.from(
            { length: 8 },
            (_, i) => text.split(/\s+/).filter((word) => word.length % 8 === i).length,
          ),
          tokens: 1,
          truncated: false,
        })),
    };
    const models = ['m0', 'm1', 'm2', 'm3'].map((name, m) => ({ name, usdPerMTokIn: m + 1, usdPerMTokOut: m + 1 }));
    router = await Router.load({ index: await buildIndex({ ...randomSpec({ dim: 8 }), models }), embedder });
  });
  after(() => router.dispose());
  expectNothingOpen();

  it('a verdict moves the chance of a step by what the score is worth, at any chance before', async () => {
    const judge = learnJudge(AGREEMENTS);
    const plan = await router.cascade(
      Float32Array.from({ length: 8 }, (_, i) => i),
      { models: ['m0', 'm3'] },
    );
    const odds = (p) => p / (1 - p);
    const prior = plan.steps[0].pIfReached;
    for (const [score, ratio] of [
      [1, 0.8 / 0.3],
      [0, 0.2 / 0.7],
    ]) {
      const { keep } = router.next(plan, verdictOf(judge, score));
      // The judge's chances are mixed with two answers at the base rate.
      assert.ok(Math.abs(odds(keep.confidence) / odds(prior) / ratio - 1) < 0.05, `${score}`);
    }
  });

  it('answers agree by their form, or by their embeddings', async () => {
    for (const [a, b, expected] of [
      ['The answer is B.', '(B)', 1],
      ['B', 'C', 0],
      ['So 6 * 7 = 42.\n#### 42', '42.0', 1],
      ['42', '43', 0],
      ['Paris', ' paris. ', 1],
      ['', '', 1],
      ['', 'B', 0],
    ]) {
      assert.equal(await agreementOf(router, a, b), expected, `${a} | ${b}`);
    }
    const near = await agreementOf(router, 'a quick brown fox jumps', 'a quick brown fox jumped');
    const far = await agreementOf(router, 'a quick brown fox jumps', 'extraordinarily unlike');
    assert.ok(near > far && near < 1);
  });
});
