// The lab's cascades through wasm, compared with a second implementation that tries every plan and counts every row.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { loadLab } from '../../../dist/wasm/lab-module.js';
import { cascades } from '../../reference/cascades.mjs';
import { expectNothingOpen, randomFrom, randomVectors, refused } from '../support/fixtures.mjs';

const [DIM, MODELS, TASKS, ROWS] = [6, 5, 3, 45];
/** For float32 vectors, and sums in another order. */
const TOLERANCE = 1e-6;
const OPTIONS = {
  heldOut: 'task',
  k: 6,
  pool: [0, 1, 2, 3, 4],
  costWeights: [0, 0.05, 200],
  maxSteps: 4,
  judges: [
    { sensitivity: 1, specificity: 1 },
    { sensitivity: 0.8, specificity: 0.7 },
  ],
  judgeSeed: 7,
};

let lab;
before(async () => {
  lab = await loadLab();
});
expectNothingOpen();

/** Returns a benchmark with missing outcomes, a duplicate and a prompt without a known token. */
function randomBenchmark({ seed, graded = false, missing = 0.15 }) {
  const random = randomFrom(seed);
  const flat = randomVectors(random, ROWS, DIM);
  const vectors = Array.from({ length: ROWS }, (_, r) => [...flat.subarray(r * DIM, (r + 1) * DIM)]);
  const inputs = vectors.map((_, r) => r);
  vectors[20] = vectors[3];
  inputs[20] = inputs[3];
  vectors[11] = Array(DIM).fill(0);
  const outcome = (m) =>
    random() < missing ? NaN : graded ? Math.round(8 * random()) / 8 : +(random() < 0.3 + 0.1 * m);
  return {
    vectors,
    inputs,
    tasks: vectors.map((_, r) => r % TASKS),
    outcomes: vectors.map(() => Array.from({ length: MODELS }, (_, m) => outcome(m))),
    costs: vectors.map(() => Array.from({ length: MODELS }, (_, m) => (m + 1) * Math.fround(random() / 1024))),
    models: Array.from({ length: MODELS }, (_, m) => ({
      name: `m${m}`,
      usdPerMTokIn: m === 3 ? null : m,
      usdPerMTokOut: m === 3 ? null : 2 * m,
    })),
    routing: { k: 5, kappa: 7, threshold: 0.5, sigma: 0.09, eta: 0.6 },
  };
}

function withEvaluation({ models, routing, costs, ...benchmark }, use) {
  const tasks = Array.from({ length: TASKS }, (_, t) => `task ${t}`);
  const handle = lab.openEvaluation({
    specJson: JSON.stringify({ dim: DIM, codes: 'float32', models, tasks, routing }),
    embeddings: Float32Array.from(benchmark.vectors.flat()),
    rowTasks: Uint16Array.from(benchmark.tasks),
    outcomes: Float32Array.from(benchmark.outcomes.flat()),
    inputs: Uint32Array.from(benchmark.inputs),
    costs: costs && Float32Array.from(costs.flat()),
  });
  try {
    while (lab.searchNeighbours(handle, 16).done < ROWS);
    return use(handle);
  } finally {
    lab.closeEvaluation(handle);
  }
}

function assertClose(actual, expected, path) {
  if (typeof expected === 'number' && !Number.isNaN(expected)) {
    assert.ok(Math.abs(actual - expected) <= TOLERANCE, `${path}: got ${actual}, the reference has ${expected}`);
  } else if (typeof expected === 'object') {
    assert.deepEqual(Object.keys(actual).sort(), Object.keys(expected).sort(), path);
    for (const key of Object.keys(expected)) assertClose(actual[key], expected[key], `${path}.${key}`);
  } else {
    assert.equal(actual, null, path);
  }
}

describe('cascades agree with the reference', () => {
  for (const [name, changes, options] of [
    ['task by task', {}, {}],
    ['by a share of every task', {}, { heldOut: { share: 0.2, seed: 9 } }],
    ['with graded outcomes', { graded: true }, {}],
    ['with many missing outcomes', { missing: 0.5 }, {}],
    ['of two steps in a smaller pool', {}, { maxSteps: 2, pool: [4, 0, 2] }],
  ]) {
    it(name, () => {
      const benchmark = randomBenchmark({ seed: 5, ...changes });
      const both = { ...OPTIONS, ...options };
      withEvaluation(benchmark, (handle) =>
        assertClose(lab.cascades(handle, both), cascades(benchmark, both), 'with costs'),
      );
      const { costs: _, ...priced } = benchmark;
      withEvaluation(priced, (handle) =>
        assertClose(lab.cascades(handle, both), cascades(priced, both), 'with prices'),
      );
    });
  }
});

it('a judge that never errs beats one that does, and its results repeat', () => {
  withEvaluation(randomBenchmark({ seed: 6 }), (handle) => {
    const { curves } = lab.cascades(handle, OPTIONS);
    assert.ok(curves[0][0].quality > curves[1][0].quality);
    assert.deepEqual(lab.cascades(handle, OPTIONS).curves, curves);
    assert.notDeepEqual(lab.cascades(handle, { ...OPTIONS, judgeSeed: 8 }).curves[1], curves[1]);
    const [only] = lab.cascades(handle, { ...OPTIONS, judges: undefined }).curves;
    assert.deepEqual(only, curves[0], 'by default the judge never errs');
  });
});

describe('cascades refuse', () => {
  for (const [name, bad, pattern] of [
    ['a fifth step', { maxSteps: 5 }, /from 1 to 4/],
    ['a judge that is right too often', { judges: [{ sensitivity: 1.1 }] }, /sensitivity is 1.1/],
    ['judges that are not a list', { judges: 3 }, /judges is not a list/],
    ['a negative cost weight', { costWeights: [-1] }, /cost weight/],
    ['a policy', { policy: 's1' }, /'policy' is not known/],
  ]) {
    it(name, () =>
      withEvaluation(randomBenchmark({ seed: 7 }), (handle) =>
        refused(() => lab.cascades(handle, bad), 'invalid_argument', pattern),
      ),
    );
  }
});
