// Statistics of an evaluation, compared with values calculated by hand.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { averageQuality, costAt, costSaved, nonDecreasingHull, qualityAt } from '../../../dist/evaluation/cost.js';
import { binned } from '../../../dist/evaluation/curves.js';
import { argmax, makePools, PoolOutcome } from '../../../dist/evaluation/held-out.js';
import { Random } from '../../../dist/evaluation/random.js';
import {
  Bootstrap,
  gapClosed,
  mean,
  pearson,
  quantile,
  quantileBins,
  rankOf,
  ranks,
  spearman,
  wilson,
} from '../../../dist/evaluation/statistics.js';

/** For sums of a few doubles. */
const EPSILON = 1e-12;
const near = (actual, expected, tolerance = EPSILON) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected}`);

describe('means and correlations', () => {
  it('skip unavailable values', () => {
    assert.equal(mean([1, Number.NaN, 3]), 2);
    assert.equal(mean([]), Number.NaN);
    near(pearson([1, 2, Number.NaN, 3], [1, 2, 9, 3]), 1);
  });

  it('agree with a worked example', () => {
    // Deviations (-2, 0, 2) and (-1, 2, -1) have the product 0; the second example is not 0.
    near(pearson([1, 3, 5], [1, 4, 1]), 0);
    near(pearson([1, 2, 3, 4], [1, 3, 2, 4]), 0.8);
    near(spearman([10, 20, 30, 1000], [1, 3, 2, 4]), 0.8);
  });

  it('are NaN for a constant, or for one pair', () => {
    assert.equal(pearson([0.1, 0.1, 0.1], [1, 2, 3]), Number.NaN);
    assert.equal(spearman([1, 2, 3], [0.7, 0.7, 0.7]), Number.NaN);
    assert.equal(pearson([1], [1]), Number.NaN);
  });

  it('give ties their mean rank', () => {
    assert.deepEqual(ranks([3, 1, 3, 2]), [3.5, 1, 3.5, 2]);
    assert.equal(rankOf(3, [3, 1, 3, 2]), 1.5);
    assert.equal(rankOf(1, [3, 1, 3, 2]), 4);
    // Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5).
    near(spearman([1, 2, 2, 3], [1, 2, 3, 4]), 4.5 / Math.sqrt(22.5));
  });
});

describe('quantiles and bins', () => {
  it('are interpolated between order statistics', () => {
    assert.equal(quantile([1, 2, 3, 4], 0.5), 2.5);
    assert.equal(quantile([1, 2, 3, 4], 0), 1);
    assert.equal(quantile([], 0.5), Number.NaN);
  });

  it('are of equal size, smallest first', () => {
    assert.deepEqual(quantileBins([5, 1, Number.NaN, 3, 2], 2), [
      [1, 4],
      [3, 0],
    ]);
    assert.deepEqual(quantileBins([1, 2], 5), [[0], [1]]);
    assert.deepEqual(quantileBins([], 5), []);
  });

  it('have the means of their columns', () => {
    const [low, high] = binned([0.4, 0.1, 0.3, 0.2], { s1: [1, 0, 0, 1] }, 2);
    near(low.at, 0.15);
    assert.deepEqual(low, { at: low.at, from: 0.1, to: 0.2, count: 2, accuracy: { s1: 0.5 } });
    assert.deepEqual([high.from, high.to, high.accuracy.s1], [0.3, 0.4, 0.5]);
  });
});

describe('the bootstrap', () => {
  it('is the same for the same seed, and another for another seed', () => {
    const values = [0.1, 0.5, 0.9, 0.3, 0.7];
    const interval = (seed) => new Bootstrap(5, seed).mean(values).interval;
    assert.deepEqual(interval(1), interval(1));
    assert.notDeepEqual(interval(1), interval(2));
  });

  it('agrees with the normal approximation', () => {
    const seed = 11;
    const random = new Random(seed);
    const values = Array.from({ length: 400 }, () => Number(random.next() < 0.3));
    const { value, interval } = new Bootstrap(400, seed).mean(values);
    // The standard error of a share of about .3 of 400 is .023; 2,000 draws determine the half width to a tenth.
    const half = 1.96 * Math.sqrt((value * (1 - value)) / 400);
    near(interval[0], value - half, 0.1 * half);
    near(interval[1], value + half, 0.1 * half);
  });

  it('pairs values, so that a constant difference has an interval of width 0', () => {
    const { value, interval } = new Bootstrap(3, 1).difference([0.5, 0.9, 0.4], [0.4, 0.8, 0.3]);
    near(value, 0.1);
    near(interval[0], 0.1);
    near(interval[1], 0.1);
  });

  it('skips draws without a gap', () => {
    const { value, interval } = new Bootstrap(2, 1).estimate(
      [
        [0.5, 0.6],
        [0.5, 0.5],
        [0.5, 0.7],
      ],
      ([a, b, o]) => gapClosed(a, b, o),
    );
    near(value, 0.5);
    interval.forEach((bound) => {
      near(bound, 0.5, 1e-9);
    });
  });

  it('has an interval for shares too', () => {
    // 8 of 10: the textbook interval (.490, .943).
    const [low, high] = wilson(8, 10);
    near(low, 0.4902, 5e-5);
    near(high, 0.9433, 5e-5);
    assert.deepEqual(wilson(0, 0), [Number.NaN, Number.NaN]);
  });
});

describe('quality against cost', () => {
  const points = [
    { cost: 1, quality: 0.5 },
    { cost: 2, quality: 0.55 },
    { cost: 3, quality: 0.7 },
    { cost: 4, quality: 0.6 },
    { cost: Number.NaN, quality: 1 },
  ];

  it('includes mixtures of two points', () => {
    const hull = nonDecreasingHull(points);
    assert.deepEqual(hull, [points[0], points[2]]);
    near(qualityAt(hull, 2), 0.6);
    assert.equal(qualityAt(hull, 9), 0.7);
    assert.equal(qualityAt(hull, 0.5), Number.NaN);
    near(costAt(hull, 0.6), 2);
    assert.equal(costAt(hull, 0.71), Number.NaN);
  });

  it('saves at 0, 1 and 2 points below a quality', () => {
    const hull = nonDecreasingHull(points);
    const saved = costSaved(hull, { cost: 4, quality: 0.61 });
    // The hull has the quality .61 at a cost of 2.1, and a point less for .1 less.
    [2.1, 2, 1.9].forEach((cost, i) => {
      near(saved[i], 1 - cost / 4);
    });
    const [none, some] = costSaved(hull, { cost: 2, quality: 0.705 });
    assert.equal(none, Number.NaN);
    near(some, 1 - 2.95 / 2);
  });

  it('has a mean over a range', () => {
    // The mean is .6 from 1 to 3 and .7 from 3 to 4.
    near(averageQuality(nonDecreasingHull(points), 1, 4), (2 * 0.6 + 0.7) / 3);
    assert.equal(averageQuality(nonDecreasingHull(points), 2, 2), Number.NaN);
  });
});

/** Two tasks and three models. S1 picks 1 and 0; the best single model is 0; the oracle picks 1 and 2. */
const HELD = [
  { task: 0, accuracy: [0.4, 0.8, 0.8], s1: [0.1, 0.9, 0.5], picks: { s1: 1, best_single: 0, oracle: 1 } },
  { task: 1, accuracy: [0.5, 0.2, 0.9], s1: [0.7, 0.6, 0.5], picks: { s1: 0, best_single: 0, oracle: 2 } },
].map(({ task, accuracy, s1, picks }) => ({
  task,
  rows: 10,
  u: 0.1 * (1 + task),
  duplicatesDropped: task,
  accuracy,
  meanElsewhere: [0.6, 0.5, 0.4],
  predictorAccuracy: [0.5, 0.6, 0.7],
  p: [0.6, 0.6, 0.5],
  scores: { s1 },
  decisions: [Object.fromEntries(Object.entries(picks).map(([policy, pick]) => [policy, { pick }]))],
}));
const SIZED = [10, 20, 40].map((paramsB, i) => ({ name: `m${i}`, paramsB }));

describe('a row of the table', () => {
  const [pool] = makePools(['all'], SIZED);
  const outcome = new PoolOutcome(0, pool, SIZED, HELD, [], 1);
  const row = outcome.row('s1');

  it('reports the value of the picks', () => {
    near(row.accuracy.value, 0.65);
    // .8 / .8 and .5 / .9.
    near(row.ratioToOracle, (1 + 0.5 / 0.9) / 2);
    // Rank 1.5 for a tie of the two best, then rank 2.
    near(row.meanRank, 1.75);
    near(row.meanParamsB, 15);
    near(row.shareBestSingle, 0.5);
    near(row.difference.value, 0.2);
    // The best single model has .45, the oracle .85.
    near(row.gapClosed.value, 0.5);
  });

  it('correlates scores with accuracies', () => {
    near(row.spearman, (Math.sqrt(3) / 2 - 0.5) / 2);
    assert.ok(Number.isNaN(outcome.row('oracle').pearson), 'the oracle has no scores');
  });

  it('is next to the accuracy of the predictor', () => {
    const { predictorAccuracy, predictorAccuracyError, models, tasks } = outcome.report([
      's1',
      'best_single',
      'oracle',
    ]);
    near(predictorAccuracy, 0.6);
    near(predictorAccuracyError, 0.1);
    assert.deepEqual([models, tasks], [3, 2]);
  });

  it('may be for external scores', () => {
    const baseline = {
      name: 'll',
      scores: [
        [-3, -2, -1],
        [-1, -2, Number.NaN],
      ],
    };
    const rows = new PoolOutcome(0, pool, SIZED, HELD, [baseline], 1).report(['best_single', 'oracle']).rows;
    const ll = rows.find(({ policy }) => policy === 'll');
    near(ll.accuracy.value, (0.8 + 0.5) / 2);
  });

  it('skips tasks on which a policy could not choose', () => {
    const [first, second] = HELD;
    const undecided = { ...second, decisions: [{ s1: null, best_single: { pick: 0 }, oracle: { pick: 2 } }] };
    const left = new PoolOutcome(0, pool, SIZED, [first, undecided], [], 1);
    assert.equal(left.tasks.length, 1);
    near(left.row('s1').accuracy.value, 0.8);
  });
});

describe('pools', () => {
  it('are by size, without single models and repeated pools', () => {
    const pools = makePools(['all', 10, 25, 30], SIZED);
    assert.deepEqual(
      pools.map(({ name, models }) => [name, models]),
      [
        ['up to 30B', [0, 1]],
        ['all', [0, 1, 2]],
      ],
    );
  });

  it('exclude models of unknown size, except in the pool without a limit', () => {
    const pools = makePools([50, 'all'], [...SIZED, { name: 'm3', paramsB: null }]);
    assert.deepEqual(
      pools.map(({ models }) => models.length),
      [3, 4],
    );
  });

  it('break ties by the larger tie break, then by the lower number', () => {
    assert.equal(
      argmax([0, 1, 2], () => 0.5),
      0,
    );
    assert.equal(
      argmax(
        [0, 1, 2],
        () => 0.5,
        (m) => m,
      ),
      2,
    );
    assert.equal(
      argmax([0], () => Number.NaN),
      undefined,
    );
  });
});
