// The confidence and the interval of decisions on a benchmark of few samples.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { Router } from '../../../dist/index.js';
import { expectNothingOpen, randomFrom, randomVectors } from '../support/fixtures.mjs';

const DIM = 8;
const MODELS = ['first', 'second', 'third'];

expectNothingOpen();

/** Routes one vector of each task of a benchmark; outcome(task, model) draws the outcomes. */
async function decide(random, tasks, rows, outcome) {
  const centres = randomVectors(random, tasks, DIM);
  const taskOf = Array.from({ length: tasks * rows }, (_, row) => row % tasks);
  const noise = randomVectors(random, tasks * rows, DIM);
  const index = await buildIndex({
    models: MODELS,
    tasks: taskOf.map((task) => `task ${task}`),
    dim: DIM,
    embeddings: noise.map((x, i) => centres[taskOf[Math.floor(i / DIM)] * DIM + (i % DIM)] + 0.3 * x),
    outcomes: Float32Array.from(taskOf.flatMap((task) => MODELS.map((_, m) => outcome(task, m)))),
  });
  const router = await Router.load({ index, embedder: null });
  try {
    const vectors = Array.from({ length: tasks }, (_, task) => centres.slice(task * DIM, (task + 1) * DIM));
    return await Promise.all(vectors.map((vector) => router.route(vector, { maxCoveragePercentile: 100 })));
  } finally {
    router.dispose();
  }
}

describe('a benchmark of five samples per task', () => {
  for (const tasks of [1, 2, 5]) {
    it(`makes nobody sure of one of three equally good models (tasks: ${tasks})`, async () => {
      const random = randomFrom(40 + tasks);
      const confidences = [];
      while (confidences.length < 60) {
        const decisions = await decide(random, tasks, 5, () => Number(random() < 0.6));
        confidences.push(...decisions.map(({ confidence }) => confidence));
      }
      const sure = confidences.filter((confidence) => confidence > 0.9).length / confidences.length;
      assert.ok(sure <= 0.12, `${sure}`);
      assert.ok(confidences.reduce((sum, x) => sum + x) / confidences.length < 0.75);
    });
  }

  it('leaves a model that was always right room for errors', async () => {
    const [{ ranking, confidence, model }] = await decide(randomFrom(3), 1, 5, (_, m) => Number(m === 0));
    assert.equal(model, 'first');
    assert.equal(ranking[0].pCorrect, 1);
    assert.equal(ranking[0].interval[1], 1);
    assert.ok(ranking[0].interval[0] < 0.75, `${ranking[0].interval}`);
    assert.ok(confidence > 0.5 && confidence < 1);
  });
});

it('five hundred samples per task tell good from bad', async () => {
  const random = randomFrom(8);
  const decisions = await decide(random, 3, 500, (_, m) => Number(random() < [0.8, 0.4, 0.2][m]));
  for (const { model, confidence, ranking } of decisions) {
    assert.equal(model, 'first');
    assert.ok(confidence > 0.95, `${confidence}`);
    assert.ok(ranking[0].interval[0] > 0.5 && ranking[0].interval[0] < 0.8 && ranking[0].interval[1] > 0.8);
  }
});
