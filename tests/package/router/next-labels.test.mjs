// Which prompts to grade next, and what labels that were chosen this way say: against the reference, and for bad input.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { NOTHING_LEFT, RefiningRouter, Router, SELECTED_BY } from '../../../dist/index.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { profileOf } from '../../reference/held-out.mjs';
import { narrow } from '../../reference/next-labels.mjs';
import { expectGiven, voteOfTask } from '../../reference/task-mixture.mjs';
import { expectNothingOpen, randomFrom, randomSpec, randomVectors, refused, withSeed } from '../support/fixtures.mjs';

const DIM = 8;
const MODELS = 24;
const PROMPTS = 60;
const names = Array.from({ length: MODELS }, (_, m) => `m${m}`);

let index;
let router;
let spec;
before(async () => {
  spec = randomSpec({ seed: 5, rows: 120, dim: DIM, models: MODELS, tasks: 6 });
  index = await buildIndex({ ...spec, codes: 'float32' });
  router = await Router.load({ index, embedder: null });
});
after(() => router.dispose());
expectNothingOpen();

const rowsOf = (flat, width) =>
  Array.from({ length: flat.length / width }, (_, i) => Array.from(flat.subarray(i * width, (i + 1) * width)));

/** Answers to a task's prompts and grades that fit them: within a row, answer "a0" is right. */
function drawTask(seed, { missing = 0, unknown = 0, alike = 0.5 } = {}) {
  const random = randomFrom(seed);
  const vectors = randomVectors(random, PROMPTS, DIM);
  const answers = Array.from({ length: PROMPTS }, () => {
    const isEasy = random() < alike;
    return names.flatMap((name, m) => {
      const wrong = `a${1 + Math.floor(2 * random())}`;
      const answer = isEasy || random() < 0.3 + (0.5 * m) / MODELS ? 'a0' : wrong;
      return random() < unknown ? [] : [[name, answer]];
    });
  }).map(Object.fromEntries);
  const grade = (row, models) => {
    const outcomes = models.filter((m) => answers[row][m] !== undefined && random() >= missing);
    return { index: row, outcomes: Object.fromEntries(outcomes.map((m) => [m, answers[row][m] === 'a0'])) };
  };
  return { vectors, answers, grade };
}

const listOf = (label) => names.map((name) => Number(label.outcomes[name] ?? Number.NaN));

/** The reference's answer for the same task. */
function referenceOf({ vectors, answers }, labels, models) {
  const rows = rowsOf(vectors, DIM);
  const order = [...new Set(spec.tasks)];
  const benchmark = {
    models: names,
    tasks: spec.tasks.map((task) => order.indexOf(task)),
    outcomes: rowsOf(spec.outcomes, MODELS),
    vectors: rowsOf(spec.embeddings, DIM),
  };
  const profile = profileOf(
    benchmark,
    benchmark.tasks.map((_, row) => row),
  );
  const votes = voteOfTask(profile, rows);
  const forecast = (evidence) => expectGiven(profile, votes, evidence, models).standing;
  const found = narrow({
    rows: PROMPTS,
    answers: answers?.map((of) => names.map((name) => of[name])),
    labels: labels.map((label) => ({ row: label.index, outcomes: listOf(label) })),
    models,
    forecast,
  });
  return { ...found, expected: expectGiven(profile, votes, found.evidence, models) };
}

const CASES = [
  { name: 'answers', options: {} },
  { name: 'answers of which some are unknown, grades of some models', options: { unknown: 0.003, missing: 0.2 } },
  { name: 'few differences', options: { alike: 0.9 } },
];

for (const { name, options } of CASES) {
  it(`agrees with the reference: ${name}`, async () => {
    await withSeed(77, async (seed) => {
      const task = drawTask(seed, options);
      const { vectors: prompts, answers } = task;
      const labels = [];
      for (let round = 0; round < 6; ++round) {
        const next = await router.nextLabels(7, { prompts, answers, labels });
        const models = names.map((_, m) => m);
        const reference = referenceOf(task, labels, models);
        assert.deepEqual(
          next.candidates,
          reference.models.map((m) => names[m]),
        );
        assert.equal(next.disagreeing, reference.stratum.length);
        assert.equal(next.graded, reference.labelled);
        assert.equal(next.rows.length, Math.min(7, reference.left.length));
        for (const row of next.rows) {
          assert.ok(reference.left.includes(row.index));
          assert.equal(row.weight, reference.left.length / next.rows.length);
          assert.equal(row.selectedBy, 'disagreement');
        }
        if (labels.length > 0) {
          const decision = await router.routeTask(prompts, {
            answers,
            labels,
            prefer: 'best',
            maxCoveragePercentile: 100,
          });
          for (const { model, pCorrect } of decision.ranking) {
            assert.ok(Math.abs(pCorrect - reference.expected.correctness[names.indexOf(model)]) < 1e-6, model);
          }
        }
        labels.push(...next.rows.map((row) => task.grade(row.index, next.candidates)));
      }
    });
  });
}

it('without answers draws from all prompts, and agrees with the reference', async () => {
  const task = { ...drawTask(3), answers: undefined };
  const { vectors: prompts } = task;
  const labels = [{ index: 4, outcomes: { m0: 1, m23: 0, m7: 1 } }];
  const next = await router.nextLabels(10, { prompts, labels });
  const reference = referenceOf(
    task,
    labels,
    names.map((_, m) => m),
  );
  assert.deepEqual(
    next.candidates,
    reference.models.map((m) => names[m]),
  );
  assert.equal(next.disagreeing, PROMPTS);
  assert.ok(next.rows.every(({ selectedBy, weight }) => selectedBy === 'random' && weight === (PROMPTS - 1) / 10));
  assert.ok(!next.rows.some((row) => row.index === 4));
});

it('draws every prompt of the stratum equally often, the same for the same seed', async () => {
  const { vectors: prompts, answers } = drawTask(9);
  const draw = async (seed) => (await router.nextLabels(5, { prompts, answers, seed })).rows.map((row) => row.index);
  assert.deepEqual(await draw(3), await draw(3));
  const { disagreeing } = await router.nextLabels(1, { prompts, answers });
  const counts = new Map();
  const draws = 300;
  for (let seed = 0; seed < draws; ++seed) {
    for (const row of await draw(seed)) counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  assert.equal(counts.size, disagreeing);
  // Binomial: five standard deviations.
  const share = 5 / disagreeing;
  const spread = 5 * Math.sqrt(draws * share * (1 - share));
  for (const count of counts.values()) assert.ok(Math.abs(count - draws * share) < spread, `${count}`);
});

it('finds out with labels of disagreements which of two models is better, where random ones cannot', async () => {
  const { vectors: prompts } = drawTask(1);
  // They differ on 4 of 60 prompts, and m1 is right there.
  const answers = Array.from({ length: PROMPTS }, (_, row) => ({ m0: row % 15 === 0 ? 'x' : 'y', m1: 'y' }));
  const options = { prompts, answers, candidates: ['m0', 'm1'] };
  const next = await router.nextLabels(20, options);
  assert.deepEqual(
    next.rows.map((row) => row.index).sort((a, b) => a - b),
    [0, 15, 30, 45],
  );
  const labels = next.rows.map((row) => ({ index: row.index, outcomes: { m0: false, m1: true } }));
  const decision = await router.routeTask(prompts, {
    ...{ answers, labels, candidates: ['m0', 'm1'] },
    ...{ prefer: 'best', maxCoveragePercentile: 100 },
  });
  assert.equal(decision.model, 'm1');
  const [first, second] = decision.ranking;
  // 60 prompts are known: the difference is 4 of 60, shrunk toward the benchmark by 40 labels.
  const prior = await router.routeTask(prompts, { candidates: ['m0', 'm1'], maxCoveragePercentile: 100 });
  const gap = ({ ranking }) =>
    ranking.find(({ model }) => model === 'm1').pCorrect - ranking.find(({ model }) => model === 'm0').pCorrect;
  assert.equal(first.model, 'm1');
  assert.equal(second.model, 'm0');
  assert.ok(gap(decision) < gap(prior) + 4 / PROMPTS && gap(decision) > 0);
  const after = await router.nextLabels(20, { ...options, labels });
  assert.deepEqual([after.rows, after.nothingLeft], [[], 'all_graded']);
});

it('says why there is nothing to grade', async () => {
  const { vectors: prompts } = drawTask(1);
  const equal = Array.from({ length: PROMPTS }, () => ({ m0: '42', m1: '42.0', m2: 'The answer is 42.' }));
  const agree = await router.nextLabels(5, { prompts, answers: equal });
  assert.deepEqual([agree.rows, agree.nothingLeft, agree.disagreeing], [[], 'answers_agree', 0]);
  const one = await router.nextLabels(5, { prompts, candidates: ['m3'] });
  assert.deepEqual([one.rows, one.nothingLeft, one.candidates], [[], 'one_candidate', ['m3']]);
  const none = await router.nextLabels(5, { prompts, answers: equal.map(() => ({})) });
  assert.deepEqual([none.rows, none.nothingLeft, none.candidates], [[], 'one_candidate', []]);
  assert.ok([agree, one, none].every(({ nothingLeft }) => NOTHING_LEFT.includes(nothingLeft)));
});

it('asks for no more prompts than are left', async () => {
  const { vectors: prompts } = drawTask(2);
  const all = await router.nextLabels(1e9, { prompts });
  assert.deepEqual(
    all.rows.map((row) => row.index).sort((a, b) => a - b),
    Array.from({ length: PROMPTS }, (_, i) => i),
  );
  assert.ok(all.rows.every(({ weight, selectedBy }) => weight === 1 && SELECTED_BY.includes(selectedBy)));
});

it('refuses bad input', async () => {
  const { vectors: prompts, answers } = drawTask(2);
  const refuses = (code, n, options, message) =>
    refused(() => router.nextLabels(n, { prompts, ...options }), code, message);
  for (const n of [0, -1, 1.5, Number.NaN, '5', undefined, Number.POSITIVE_INFINITY])
    await refuses('invalid_argument', n, {});
  await refuses('invalid_argument', 1, { seed: -1 });
  await refuses('invalid_argument', 1, { prompts: [] });
  await refuses('invalid_argument', 1, { prompts: undefined });
  await refuses('invalid_argument', 1, { answers: answers.slice(1) }, /59 entries, expected 60/);
  await refuses('invalid_argument', 1, { answers: answers.map(() => null) }, /prompt 0/);
  await refuses('invalid_argument', 1, { answers: answers.map(() => ({ m0: ['x'] })) }, /m0/);
  await refuses('unknown_model', 1, { answers: answers.map(() => ({ mystery: 'x' })) }, /mystery/);
  await refuses('unknown_model', 1, { candidates: ['mystery'] });
  await refuses('invalid_argument', 1, { labels: [{ index: PROMPTS, outcomes: { m0: 1 } }] }, /60/);
  await refuses('invalid_argument', 1, { labels: [0, 0].map((i) => ({ index: i, outcomes: { m0: 1 } })) }, /twice/);
  await refuses('invalid_argument', 1, { labels: [{ index: 0, outcomes: { m0: 2 } }] });
  await refuses('invalid_argument', 1, { answer: answers }, /answer/);
  await refused(() => router.routeTask(prompts, { answers: answers.slice(1) }), 'invalid_argument', /59 entries/);
  await refused(() => router.nextLabels(1, { prompts, signal: AbortSignal.abort() }), 'aborted');
});

it('gives the same answer in a worker, and by a refining router', async () => {
  const { vectors: prompts, answers, grade } = drawTask(4);
  const labels = [3, 9, 20].map((row) => grade(row, names));
  const here = await router.nextLabels(6, { prompts, answers, labels, seed: 8 });
  const worker = await WorkerRouter.load({ index, embedder: null });
  const decided = await router.routeTask(prompts, { answers, labels });
  try {
    assert.deepEqual(await worker.nextLabels(6, { prompts, answers, labels, seed: 8 }), here);
    const there = await worker.routeTask(prompts, { answers, labels });
    assert.deepEqual(there.ranking, decided.ranking);
    await refused(() => worker.nextLabels(0, { prompts }), 'invalid_argument');
    await refused(() => worker.nextLabels(1, { prompts: [] }), 'invalid_argument');
    const second = Router.load({ index, embedder: null });
    const refining = new RefiningRouter(await Router.load({ index, embedder: null }), second);
    assert.deepEqual(await refining.nextLabels(6, { prompts, answers, labels, seed: 8 }), here);
    await second;
    refining.dispose();
  } finally {
    worker.dispose();
  }
});
