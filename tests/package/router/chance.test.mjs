// What a decision says of the pick's quality: a chance only where the prediction is one, and a strength.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { STRENGTHS, strengthOf } from '../../../dist/index.js';
import { chanceOf } from '../../../dist/routing/chance.js';

const CALIBRATION = { maths: { error: 0.05 }, science: { error: 0.051 }, law: {} };
const TASKS = [
  { name: 'algebra', rows: 9, record: { checkable: true, domain: 'maths' } },
  { name: 'physics', rows: 9, record: { checkable: true, domain: 'science' } },
  { name: 'contracts', rows: 9, record: { checkable: true, domain: 'law' } },
  { name: 'unfiled', rows: 9, record: { checkable: true } },
  { name: 'poems', rows: 9, record: { checkable: false, domain: 'maths' } },
];
const INFO = { tasks: TASKS, metadata: { calibration: CALIBRATION } };

const factsOf = (taskWeights, more = {}) => ({
  model: 'a',
  fallbackReason: null,
  coverage: { outOfCoverage: false },
  taskWeights,
  neighbours: [],
  ranking: [
    { model: 'b', pCorrect: 0.8, ownMean: false },
    { model: 'a', pCorrect: 0.7, ownMean: false },
  ],
  ...more,
});

const votes = (weights) => TASKS.map(({ name }) => weights[name] ?? 0);

describe('a chance', () => {
  for (const [what, weights, chance] of [
    ['all votes are on a checkable, calibrated task', { algebra: 1 }, 0.7],
    ['half of the reported votes are', { algebra: 0.3, poems: 0.3 }, 0.7],
    ['less than half are', { algebra: 0.299, poems: 0.3 }, null],
    ['the answers are not checkable', { poems: 1 }, null],
    ['the calibration of the domain is too poor', { physics: 1 }, null],
    ['the calibration of the domain was not measured', { contracts: 1 }, null],
    ['the task has no domain', { unfiled: 1 }, null],
    ['there are no votes', {}, null],
  ]) {
    it(`is ${chance === null ? 'not told' : 'told'} if ${what}`, () => {
      assert.equal(chanceOf(factsOf(votes(weights)), INFO), chance);
    });
  }

  it('is not told of an index whose calibration was not measured', () => {
    for (const metadata of [undefined, null, {}, { calibration: [] }, { calibration: { maths: { error: 'low' } } }]) {
      assert.equal(chanceOf(factsOf(votes({ algebra: 1 })), { tasks: TASKS, metadata }), null);
    }
  });

  it('is told of an index without records of its tasks', () => {
    const info = { tasks: TASKS.map(({ name, rows }) => ({ name, rows })), metadata: undefined };
    for (const weights of [{ poems: 1 }, {}]) assert.equal(chanceOf(factsOf(votes(weights)), info), 0.7);
  });

  it('is not told of a kind of work whose answers are not checkable', () => {
    const info = {
      ...INFO,
      tasks: [...TASKS, { name: 'mail', record: { checkable: false } }, { name: 'sql', record: { checkable: true } }],
    };
    const told = (...kinds) =>
      chanceOf(
        factsOf(votes({ algebra: 1 }), { kinds: kinds.map(([name, probability]) => ({ name, probability })) }),
        info,
      );
    assert.equal(told(['mail', 0.9]), null);
    assert.equal(told(['sql', 0.9]), 0.7);
    assert.equal(told(['mail', 0.4], ['sql', 0.4]), 0.7);
    assert.equal(told(['mail', 0.41], ['sql', 0.2], ['unknown', 0.2]), null);
  });

  it('goes by the nearest samples under a policy without votes on tasks', () => {
    const near = (...tasks) => factsOf([], { policy: 's1', neighbours: tasks.map((task) => ({ task })) });
    assert.equal(chanceOf(near('algebra', 'poems'), INFO), 0.7);
    assert.equal(chanceOf(near('algebra', 'poems', 'poems'), INFO), null);
  });

  it('is not told of a prompt out of coverage, or of a model without evidence', () => {
    for (const info of [INFO, { tasks: [{ name: 'algebra', rows: 9 }], metadata: undefined }]) {
      const told = (more) => chanceOf(factsOf(votes({ algebra: 1 }), more), info);
      assert.equal(told({ fallbackReason: 'low_confidence' }), 0.7);
      assert.equal(told({ coverage: { outOfCoverage: true } }), null);
      for (const fallbackReason of ['unread', 'empty_prompt']) {
        assert.equal(told({ fallbackReason }), null);
      }
      assert.equal(told({ ranking: [{ model: 'a', pCorrect: 0.7, ownMean: true }] }), null);
    }
  });
});

describe('the strength of a model', () => {
  const strengths = (...shares) => {
    const ranking = shares.map((pCorrect, i) => ({ model: String(i), pCorrect }));
    return shares.map((_, i) => strengthOf(ranking, String(i)));
  };

  it('is that of its place between the median candidate and the best one', () => {
    assert.deepEqual(strengths(0.9, 0.81, 0.79, 0.6, 0.59, 0.5, 0.1), [
      ...['strong', 'strong', 'even', 'even', 'weak', 'weak', 'weak'],
    ]);
    assert.deepEqual(strengths(0.9, 0.5), ['strong', 'weak']);
    assert.deepEqual(strengths(0.5, 0.9, 0.7, 0.7), ['weak', 'strong', 'even', 'even']);
  });

  it('is even for all if half of the candidates are as good as the best', () => {
    assert.deepEqual(strengths(0.7), ['even']);
    assert.deepEqual(strengths(0.7, 0.695, 0.2), ['even', 'even', 'even']);
    assert.deepEqual(strengths(0.7, 0.69, 0.2), ['strong', 'even', 'weak']);
  });

  it('is one of the listed ones, also for a model that is not a candidate', () => {
    assert.deepEqual(STRENGTHS, ['strong', 'even', 'weak']);
    assert.equal(strengthOf([{ model: 'a', pCorrect: 0.5 }], 'b'), 'even');
  });
});
