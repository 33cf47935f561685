// The intervals of a plan hold: on files drawn from a pool whose truth is known, and in cases that can be foreseen.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Random } from '../../../dist/evaluation/random.js';
import { loadLab } from '../../../dist/wasm/lab-module.js';
import { choosePoint, drawFile, planFile, truthsOf } from '../../bench/plan-files.mjs';
import { expectNothingOpen, randomFrom } from '../support/fixtures.mjs';

const USD = [0.01, 0.004, 0.002, 0.0005];
/** How often each model is right, by kind of prompt. */
const RIGHT = [
  [0.92, 0.9, 0.5, 0.3],
  [0.9, 0.6, 0.88, 0.4],
  [0.88, 0.7, 0.6, 0.86],
  [0.95, 0.8, 0.7, 0.5],
  [0.6, 0.55, 0.5, 0.3],
];
const [ROWS, DIM, MODELS] = [3000, 8, USD.length];

let lab;
before(async () => {
  lab = await loadLab();
});
expectNothingOpen();

const unit = (vector) => vector.map((x) => x / Math.hypot(...vector));

/** Makes a pool of prompts of some kinds; see plan-files.mjs. Outcomes of a prompt go together. */
function makePool({ right = RIGHT, seed = 1 } = {}) {
  const random = randomFrom(seed);
  const signed = () => 2 * random() - 1;
  const centres = right.map(() => Array.from({ length: DIM }, signed));
  const kinds = Array.from({ length: ROWS }, () => Math.floor(right.length * random()));
  const difficulties = kinds.map(random);
  return {
    name: 'made up',
    dim: DIM,
    models: MODELS,
    rows: ROWS,
    vectors: Float32Array.from(kinds.flatMap((kind) => unit(centres[kind].map((x) => x + 0.4 * signed())))),
    outcomes: Float32Array.from(
      kinds.flatMap((kind, row) => right[kind].map((share) => Number(0.5 * (difficulties[row] + random()) < share))),
    ),
    costs: Float32Array.from(kinds.flatMap(() => USD.map((usd) => usd * (0.5 + random())))),
  };
}

const width = ({ low, high }) => high - low;
const contains = ({ low, high }, x) => low <= x && x <= high;

describe('on files drawn from a pool', () => {
  const FILES = 16;
  const files = [];
  before(() => {
    const pool = makePool();
    for (let i = 0; i < FILES; ++i) {
      const file = drawFile(pool, [100, 130][i % 2], new Random(i));
      const planned = planFile(lab, file, { kind: 'at-most', value: 2 });
      files.push({ curve: planned.numbers.curve, truths: truthsOf(pool, file, planned, planned.numbers.curve) });
    }
  });

  /** Returns the proposal within a target for each file that has one: { point, truth }. */
  const proposals = (mostLost) =>
    files.flatMap(({ curve, truths }) => {
      const point = choosePoint(curve, mostLost);
      return point === undefined ? [] : [{ point, truth: truths[curve.indexOf(point)] }];
    });

  it('most intervals cover the truth, and all have a width', () => {
    for (const of of ['points', 'saved']) {
      const found = [0, 1, 2].flatMap(proposals);
      assert.ok(found.length >= FILES, `${found.length} proposals`);
      for (const { point } of found) {
        assert.ok(contains(point[of], point[of].value));
        assert.ok(width(point[of]) > 0);
      }
      // Of 95%; with intervals of half the width it would be about 67%.
      const covered = found.filter(({ point, truth }) => contains(point[of], truth[of])).length / found.length;
      assert.ok(covered >= 0.85, `${of}: ${covered} of ${found.length} are covered`);
    }
  });

  it('they are not so wide that they say nothing', () => {
    const widths = proposals(2).map(({ point }) => width(point.points));
    // A difference of two shares with 100 rows and no pairing has a width of about 24 points.
    assert.ok(Math.max(...widths) < 24, `${Math.max(...widths)} points`);
  });

  it('with nothing given up, nearly as many are right on average as with the best single model', () => {
    const points = proposals(0).map(({ truth }) => truth.points);
    const mean = points.reduce((a, b) => a + b, 0) / FILES;
    assert.ok(mean > -1.5, `${mean} points`);
  });
});

describe('repeated rows', () => {
  /** Doubles a file's rows. */
  const twice = (values) => Float32Array.from([...values, ...values]);

  it('narrow the interval if they are told apart, not as copies of one prompt', () => {
    const file = drawFile(makePool(), 80, new Random(7));
    const groups = Uint32Array.from(file.groups.keys());
    const double = {
      ...file,
      embeddings: twice(file.embeddings),
      outcomes: twice(file.outcomes),
      costs: twice(file.costs),
    };
    const cheapest = (groupsOfRows, of) => {
      const { curve } = planFile(lab, { ...of, groups: groupsOfRows }, { kind: 'at-most', value: 2 }).numbers;
      return width(curve.at(-1).points);
    };
    const once = cheapest(groups, file);
    const copies = cheapest(Uint32Array.from([...groups, ...groups]), double);
    const apart = cheapest(Uint32Array.from(double.outcomes.keys()).subarray(0, 160), double);
    assert.ok(Math.abs(copies / once - 1) < 0.05, `${once} and ${copies} points`);
    assert.ok(apart < 0.8 * once, `${once} and ${apart} points`);
  });
});

describe('the plan to use one model', () => {
  it('is exact', () => {
    const pool = makePool({ right: [[0.3, 0.4, 0.5, 0.9]] });
    const { proposed, hasGain, baseline } = planFile(lab, drawFile(pool, 200, new Random(1)), {
      kind: 'at-most',
      value: 0,
    }).numbers;
    assert.equal(hasGain, false);
    assert.deepEqual([proposed.points, proposed.saved], Array(2).fill({ value: 0, low: 0, high: 0 }));
    assert.deepEqual(proposed.picks, [{ model: baseline, share: 1 }]);
  });
});
