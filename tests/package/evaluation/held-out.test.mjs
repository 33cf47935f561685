// The lab's evaluation through wasm, compared with a second implementation that shares nothing with it.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { policiesFor } from '../../../dist/policies.js';
import { loadLab } from '../../../dist/wasm/lab-module.js';
import { heldOutTask, isZero } from '../../reference/held-out.mjs';
import { instances } from '../../reference/instances.mjs';
import { expectNothingOpen, randomFrom, randomVectors, refused } from '../support/fixtures.mjs';

const DIM = 6;
const MODELS = 5;
const TASKS = 4;
/** float32 vectors instead of float64 ones change a distance by some 1e-7, and derived values by little more. */
const TOLERANCE = 1e-6;
const EVALUATED = policiesFor('evaluation');
const POOLS = [[0, 1, 2, 3, 4], [3, 1], [4]];

let lab;
before(async () => {
  lab = await loadLab();
});
expectNothingOpen();

/**
 * Returns a benchmark with every complication: missing outcomes, duplicates, a prompt without a known token, a model
 * without an outcome in one task, tasks of unequal size.
 */
function randomBenchmark({ seed, rows = 70, graded = false, missing = 0.15, fields = false, pairs, routing }) {
  const random = randomFrom(seed);
  const flat = randomVectors(random, rows, DIM);
  const vectors = Array.from({ length: rows }, (_, r) => [...flat.subarray(r * DIM, (r + 1) * DIM)]);
  const tasks = vectors.map((_, r) => (r < TASKS ? r : Math.floor(TASKS * random() ** 1.5)));
  // Two fields far apart, so that the nearest rows of task 1 are all in task 0.
  if (fields) for (const [r, vector] of vectors.entries()) vector[tasks[r] < 2 ? 0 : 1] += 20;
  const inputs = vectors.map((_, r) => r);
  for (let copies = 0; copies < 8; ++copies) {
    const [from, to] = [Math.floor(rows * random()), Math.floor(rows * random())];
    inputs[to] = inputs[from];
    vectors[to] = vectors[from];
  }
  const zero = 11;
  vectors[zero] = Array(DIM).fill(0);
  inputs[zero] = rows;
  const outcome = (row, m) => {
    const y = graded ? Math.round(8 * random()) / 8 : Number(random() < 0.3 + 0.1 * m);
    return random() < missing || (m === 2 && tasks[row] === 1) ? Number.NaN : y;
  };
  return {
    vectors,
    tasks,
    inputs,
    outcomes: tasks.map((_, row) => Array.from({ length: MODELS }, (_, m) => outcome(row, m))),
    costs: tasks.map(() => Array.from({ length: MODELS }, (_, m) => (m + 1) * Math.fround(random() / 1024))),
    models: Array.from({ length: MODELS }, (_, m) => ({
      name: `m${m}`,
      paramsB: m === 1 ? null : m + 1,
      usdPerMTokIn: m === 3 ? null : m,
      usdPerMTokOut: m === 3 ? null : 2 * m,
    })),
    routing: { k: 5, kappa: 7, threshold: 0.5, sigma: 0.09, eta: 0.6, ...routing },
    pairs: pairs ?? { alphas: [0], repeats: 1, seed: 1 },
  };
}

/** Adds tasks 4 and 5, known by scores, and kinds 6 and 7, with rows of each, weights, and offsets of some rows. */
function withExtras(benchmark, seed) {
  const random = randomFrom(seed);
  const rows = 24;
  const flat = randomVectors(random, rows, DIM);
  const added = Array.from({ length: rows }, (_, r) => 4 + (r % 4));
  const unknown = () => Array(MODELS).fill(Number.NaN);
  const offset = (task) => (task === 4 || random() < 0.2 ? -128 : Math.round(60 * random() - 30));
  const tasks = [...benchmark.tasks, ...added];
  return {
    ...benchmark,
    vectors: [...benchmark.vectors, ...added.map((_, r) => [...flat.subarray(r * DIM, (r + 1) * DIM)])],
    tasks,
    inputs: [...benchmark.inputs, ...added.map((_, r) => benchmark.inputs.length + 1 + r)],
    outcomes: [...benchmark.outcomes, ...added.map(unknown)],
    costs: [...benchmark.costs, ...added.map(unknown)],
    taskScores: [
      { task: 4, model: 0, score: 0.25, evidence: 200 },
      { task: 4, model: 3, score: 0.75, evidence: 50 },
      { task: 4, model: 4, score: 0.5, evidence: 8.5 },
      { task: 5, model: 1, score: 0.875, evidence: 1000 },
      { task: 5, model: 3, score: 0.5, evidence: 40 },
    ],
    links: [
      { kind: 6, task: 0, weight: 2 },
      { kind: 6, task: 4, weight: 1 },
      { kind: 7, task: 3, weight: 1 },
    ],
    taskWeights: [1, 0.5, 2, 1, 0.25, 1, 0, 0],
    rowOffsets: tasks.map(offset),
    inputPriorTasks: 2,
  };
}

/** Returns the constants of the policy up to the uniform votes of a single input. */
const mixtureWith = (inputPriorTasks) => [0.1, 2, 40, 4, 0.2, 0.15, 0.003, 0.15, 2, 0.55, 0.04, inputPriorTasks];

function extrasOf({ taskScores, links, taskWeights, rowOffsets, inputPriorTasks }) {
  if (taskScores === undefined) return undefined;
  return {
    taskScores: taskScores.map(({ task, model, score, evidence }) => [task, model, score, evidence]),
    links: links.map(({ kind, task, weight }) => [kind, task, weight]),
    taskWeights,
    rowOffsets,
    mixture: mixtureWith(inputPriorTasks),
  };
}

function withEvaluation(benchmark, use) {
  const { models, routing, pairs, costs } = benchmark;
  const tasks = Array.from({ length: 1 + Math.max(...benchmark.tasks) }, (_, t) => `task ${t}`);
  const handle = lab.openEvaluation({
    specJson: JSON.stringify({
      dim: DIM,
      codes: 'float32',
      models,
      tasks,
      routing,
      pairs,
      extras: extrasOf(benchmark),
    }),
    embeddings: Float32Array.from(benchmark.vectors.flat()),
    rowTasks: Uint16Array.from(benchmark.tasks),
    outcomes: Float32Array.from(benchmark.outcomes.flat()),
    inputs: Uint32Array.from(benchmark.inputs),
    costs: costs && Float32Array.from(costs.flat()),
  });
  try {
    let progress = { done: 0 };
    while (progress.done !== progress.total) progress = lab.searchNeighbours(handle, 16);
    assert.equal(progress.total, benchmark.tasks.length);
    return use(handle);
  } finally {
    lab.closeEvaluation(handle);
  }
}

/** Asserts every field of `expected`: numbers within the tolerance, NaN as JSON's null. */
function assertClose(actual, expected, path) {
  if (typeof expected === 'number' && !Number.isNaN(expected)) {
    assert.ok(Math.abs(actual - expected) <= TOLERANCE, `${path}: got ${actual}, the reference has ${expected}`);
  } else if (typeof expected === 'object' && expected !== null) {
    assert.deepEqual(Object.keys(actual ?? {}).sort(), Object.keys(expected).sort(), path);
    for (const key of Object.keys(expected)) assertClose(actual[key], expected[key], `${path}.${key}`);
  } else {
    assert.equal(actual, Number.isNaN(expected) ? null : expected, path);
  }
}

/** Removes the fields that the reference reports in addition to the lab's. */
function withoutReadable({ readable: _, ...evaluation }, inDraw) {
  const { meanElsewhere, ...rest } = evaluation;
  if (inDraw) return rest;
  const draws = evaluation.draws?.map((of) => withoutReadable(of, true));
  return draws === undefined ? evaluation : { ...evaluation, draws };
}

const CASES = {
  'with missing outcomes, duplicates and an unknown prompt': {},
  'with graded outcomes': { graded: true },
  'without missing outcomes': { missing: 0 },
  'with half of the outcomes missing': { missing: 0.5 },
  'with most pools smaller than k': { rows: 24, routing: { k: 12, kappa: 19 } },
  'with lists that run dry because the held-out task has all near rows': {
    rows: 400,
    fields: true,
    routing: { k: 3, kappa: 2 },
  },
  'with samples moved back for the pairs': { pairs: { alphas: [0, 0.1, 0.25], repeats: 2, seed: 5 } },
  'without a required confidence': { routing: { eta: 0 } },
};

describe('a held-out task agrees with the reference', () => {
  for (const [name, changes] of Object.entries(CASES)) {
    it(name, () => {
      for (const seed of changes.rows === 400 ? [1] : [1, 2, 3]) {
        const benchmark = randomBenchmark({ seed, ...changes });
        withEvaluation(benchmark, (handle) => {
          for (let task = 0; task < TASKS; ++task) {
            const expected = heldOutTask(benchmark, task, { pools: POOLS });
            const actual = lab.heldOutTask(handle, task, { pools: POOLS, policies: EVALUATED });
            assertClose(actual, withoutReadable(expected), `seed ${seed}, task ${task}`);
          }
        });
      }
    });
  }

  it('with scores, kinds, weights and offsets of rows', () => {
    for (const seed of [1, 2]) {
      const benchmark = withExtras(randomBenchmark({ seed }), seed);
      withEvaluation(benchmark, (handle) => {
        for (const labels of [undefined, { count: 3, repeats: 1, seed: 2 }]) {
          for (let task = 0; task < TASKS + 1; ++task) {
            const hasRows = task < TASKS;
            if (!hasRows && labels !== undefined) continue; // Known by scores: no row can be a label.
            const expected = heldOutTask(benchmark, task, { pools: POOLS, labels });
            const policies = EVALUATED.filter((policy) => hasRows || policy !== 's3_true_p'); // No row tells that p.
            if (!hasRows) for (const of of [expected.scores, ...expected.decisions]) delete of.s3_true_p;
            const actual = lab.heldOutTask(handle, task, { pools: POOLS, policies, labels });
            assertClose(actual, withoutReadable(expected), `seed ${seed}, task ${task}`);
          }
        }
      });
    }
  });

  for (const labels of [
    { count: 6, repeats: 2, seed: 3 },
    { alpha: 0.4, repeats: 2, seed: 4 },
    { count: 1000, repeats: 1, seed: 1 },
    { count: 1, repeats: 3, seed: 2 },
  ]) {
    it(`with labels ${JSON.stringify(labels)}`, () => {
      for (const seed of [4, 5]) {
        const benchmark = randomBenchmark({ seed, rows: 60 });
        withEvaluation(benchmark, (handle) => {
          for (let task = 0; task < TASKS; ++task) {
            const expected = heldOutTask(benchmark, task, { pools: POOLS, labels });
            const unknown = expected.draws.some((of) => of.readable === 0);
            if (unknown) continue; // The one scored row has no known token, so no scores can be compared.
            const actual = lab.heldOutTask(handle, task, { pools: POOLS, policies: EVALUATED, labels });
            assertClose(actual, withoutReadable(expected), `seed ${seed}, task ${task}`);
          }
        });
      }
    });
  }
});

describe('routing of single rows agrees with the reference', () => {
  const OPTIONS = { k: 4, policy: 's1', pool: [4, 0, 1, 3], costWeights: [0, 0.01, 50, 1e4] };
  for (const [name, changes, options] of [
    ['task by task', {}, { heldOut: 'task' }],
    ['by a share of every task', {}, { heldOut: { share: 0.2, seed: 9 } }],
    ['with graded outcomes', { graded: true }, { heldOut: 'task' }],
    ['with more neighbours than the lists hold', { rows: 300 }, { heldOut: 'task', k: 150 }],
    ['of the best single model', {}, { heldOut: 'task', policy: 'best_single' }],
    ["of the package's own policy", {}, { heldOut: 'task', policy: 'signalbox' }],
    [
      "of the package's own policy, by a share",
      { graded: true },
      { heldOut: { share: 0.2, seed: 9 }, policy: 'signalbox' },
    ],
    [
      "of the package's own policy, with many missing outcomes",
      { missing: 0.5 },
      { heldOut: 'task', policy: 'signalbox' },
    ],
    ['with scores, kinds and offsets', { extras: true }, { heldOut: 'task', policy: 'signalbox' }],
    [
      'with scores, kinds and offsets, by a share',
      { extras: true },
      { heldOut: { share: 0.2, seed: 9 }, policy: 'signalbox' },
    ],
  ]) {
    it(name, () => {
      const { extras, ...random } = changes;
      const plain = randomBenchmark({ seed: 6, ...random });
      const benchmark = extras ? withExtras(plain, 6) : plain;
      const both = { ...OPTIONS, ...options };
      withEvaluation(benchmark, (handle) =>
        assertClose(lab.instances(handle, both), instances(benchmark, both), 'with costs'),
      );
      const { costs: _, ...priced } = benchmark;
      withEvaluation(priced, (handle) =>
        assertClose(lab.instances(handle, both), instances(priced, both), 'with prices'),
      );
    });
  }
});

describe('an evaluation refuses', () => {
  const options = [
    [
      'an unknown policy',
      { policies: ['s4'] },
      /'s4', expected signalbox, s1, s2, s3, s3_true_p, best_single or oracle to evaluate/,
    ],
    ['a model beyond the last', { pools: [[5]] }, /5 models/],
    ['labels without a count or share', { labels: { repeats: 2 } }, /count or a share/],
    ['an unknown key', { pool: [0] }, /'pool' is not known/],
  ];
  const benchmark = randomBenchmark({ seed: 7 });
  for (const [name, bad, pattern] of options) {
    it(name, () =>
      withEvaluation(benchmark, (handle) =>
        refused(() => lab.heldOutTask(handle, 0, bad), 'invalid_argument', pattern),
      ),
    );
  }

  for (const [name, bad, pattern] of [
    [
      'a policy that needs a task for a single input',
      { policy: 's3' },
      /'s3', expected signalbox, s1 or best_single to evaluate single rows/,
    ],
    ['to hold out neither tasks nor a share', { heldOut: {} }, /'task' or a share/],
    ['a negative cost weight', { costWeights: [-1] }, /cost weight/],
  ]) {
    it(name, () =>
      withEvaluation(benchmark, (handle) => refused(() => lab.instances(handle, bad), 'invalid_argument', pattern)),
    );
  }

  it('a task that does not exist, and a closed evaluation', async () => {
    let closed;
    await withEvaluation(benchmark, (handle) => {
      closed = handle;
      return refused(() => lab.heldOutTask(handle, TASKS), 'invalid_argument', /task 4 does not exist/);
    });
    await refused(() => lab.searchNeighbours(closed, 1), 'disposed');
    await refused(() => lab.instances(closed), 'disposed');
  });

  it('to evaluate before the search for neighbours', () => {
    const handle = lab.openEvaluation({
      specJson: JSON.stringify({ dim: 1, models: [{ name: 'm' }], tasks: ['a', 'b'] }),
      embeddings: Float32Array.of(1, 2),
      rowTasks: Uint16Array.of(0, 1),
      outcomes: Float32Array.of(1, 0),
      inputs: Uint32Array.of(0, 1),
    });
    return refused(() => lab.heldOutTask(handle, 0), 'invalid_argument', /search for neighbours/).finally(() =>
      lab.closeEvaluation(handle),
    );
  });
});

it('the random benchmarks have their intended properties', () => {
  const { vectors, inputs, tasks } = randomBenchmark({ seed: 1 });
  assert.equal(vectors.filter(isZero).length, 1);
  assert.ok(inputs.some((input, r) => inputs.some((other, s) => other === input && tasks[r] !== tasks[s])));
});
