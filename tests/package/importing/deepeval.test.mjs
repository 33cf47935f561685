// Imports test runs of DeepEval 3.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { deepEvalImporter } from '../../../dist/importing/sources/deepeval.js';
import { claimed, imported, refuses, scoreLines } from './fixtures.mjs';

const metric = (name, score, more = {}) => ({
  name,
  threshold: 0.5,
  success: score >= 0.5,
  score,
  evaluationModel: 'judge',
  evaluationCost: 0.5,
  inputTokenCount: 900,
  ...more,
});
const test = (n, metrics, more = {}) => ({
  name: `test_case_${n}`,
  input: `How deep is well ${n}?`,
  actualOutput: 'x',
  success: true,
  metricsData: metrics,
  order: n,
  ...more,
});
const run = (model, cases, more = {}) => ({
  testFile: null,
  testCases: cases,
  conversationalTestCases: [],
  metricsScores: [],
  hyperparameters: model === undefined ? null : { model, temperature: 0 },
  testPassed: 1,
  runDuration: 0,
  ...more,
});

const LATEST = '.deepeval/.latest_test_run.json';

it('claims test runs in both forms', async () => {
  const contents = {
    [LATEST]: { testRunData: run('little', []) },
    'test_run_20260301_091500.json': run('little', []),
    'mine.json': { testCases: [] },
  };
  assert.deepEqual((await claimed(deepEvalImporter, contents)).sort(), Object.keys(contents).slice(0, 2).sort());
});

it('joins test cases by their input, with the costs of the answer and not of the judge', async () => {
  const figures = { tokenCost: 0.002, inputTokenCount: 20, outputTokenCount: 5 };
  const record = await imported(deepEvalImporter, {
    [LATEST]: { testRunData: run('little', [test(0, [metric('Answer Relevancy', 0.25)], figures)]) },
    'b.json': run('great', [test(7, [metric('Answer Relevancy', 1)], { input: 'How deep is well 0?' })]),
  });
  assert.deepEqual(
    record.scores.map(({ sample, model, metric: name, value }) => [sample, model, name, value]),
    [
      [0, 'little', 'Answer Relevancy', 0.25],
      [0, 'great', 'Answer Relevancy', 1],
    ],
  );
  assert.equal(record.samples[0].prompt, 'How deep is well 0?');
  assert.deepEqual(record.scores[0].answer, { costUsd: 0.002, tokensIn: 20, tokensOut: 5, repeats: true });
});

it('sees by the threshold that less is better, and counts no metric that failed', async () => {
  const failed = metric('Answer Relevancy', undefined, { score: null, error: 'TimeoutError', success: null });
  const record = await imported(deepEvalImporter, {
    'r.json': run('m', [
      test(0, [metric('Bias', 0.1, { success: true }), metric('Answer Relevancy', 0.9)]),
      test(1, [failed, metric('Bias', 0.5)]),
      test(2, []),
    ]),
  });
  assert.deepEqual(record.lower, ['deepeval Bias']);
  assert.deepEqual(record.dropped, { failed: 1, unscored: 1 });
  assert.equal(scoreLines(record).length, 3);
});

it('counts copies of one run once, and tells runs with other parameters apart', async () => {
  const once = run('m', [test(0, [metric('A', 1)])], { runDuration: 1.25, datasetAlias: 'wells' });
  const copies = await imported(deepEvalImporter, { [LATEST]: { testRunData: once }, 'test_run_1.json': once });
  assert.deepEqual(copies.dropped, { repeated: 1 });
  assert.equal(copies.scores[0].dataset, 'wells');
  const warm = { ...once, runDuration: 2, hyperparameters: { model: 'm', temperature: 1 } };
  const { scores } = await imported(deepEvalImporter, { 'a.json': once, 'b.json': warm });
  assert.deepEqual(
    scores.map(({ model }) => model),
    ['m (temperature=0)', 'm (temperature=1)'],
  );
});

it('takes the identifier as the model, and says how to name one', async () => {
  const named = await imported(deepEvalImporter, {
    'r.json': run(undefined, [test(0, [metric('A', 1)])], { identifier: 'i' }),
  });
  assert.equal(named.scores[0].model, 'i');
  await refuses(
    deepEvalImporter,
    { 'r.json': run(undefined, []) },
    'invalid_argument',
    /no model at 'hyperparameters\.model'/,
  );
  await refuses(
    deepEvalImporter,
    { 'r.json': run('m', [3]) },
    'invalid_argument',
    /^r\.json, line 1: the test case is not/,
  );
});

it('has the last question of a conversation', async () => {
  const turns = [
    { role: 'user', content: 'Hello', order: 0 },
    { role: 'assistant', content: 'Yes?', order: 1 },
    { role: 'user', content: 'How deep?', order: 2 },
  ];
  const cases = {
    testCases: [],
    conversationalTestCases: [{ name: 'c', success: true, metricsData: [metric('A', 1)], turns }],
  };
  const { samples } = await imported(deepEvalImporter, { 'r.json': run('m', [], cases) });
  assert.equal(samples[0].prompt, 'How deep?');
});
