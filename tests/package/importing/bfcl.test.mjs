// Imports scores, results and questions of BFCL v4.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { bfclImporter } from '../../../dist/importing/sources/bfcl.js';
import { claimed, imported, lines, refuses, scoreLines } from './fixtures.mjs';

const SCORE = 'score/acme-FC/non_live/BFCL_v4_simple_python_score.json';
const RESULT = 'result/acme-FC/non_live/BFCL_v4_simple_python_result.json';
const QUESTIONS = 'data/BFCL_v4_simple_python.json';

const question = (n) => ({
  id: `simple_python_${n}`,
  question: [[{ role: 'user', content: `Ring ${n} bells.` }]],
  function: [],
});
const answer = (n, more) => ({
  id: `simple_python_${n}`,
  result: [],
  input_token_count: 9,
  output_token_count: 2,
  ...more,
});
const wrong = (n) => ({ id: `simple_python_${n}`, valid: false, error: ['x'], prompt: {} });
const header = (total, right) => ({ accuracy: right / total, correct_count: right, total_count: total });

const FILES = {
  [SCORE]: lines(header(3, 1), wrong(1), wrong(2)),
  [RESULT]: lines(
    answer(0),
    answer(1, { input_token_count: [[3, 4], [5]], output_token_count: [[1, 1], [1]] }),
    answer(2, { result: 'Error during inference: rate limit' }),
  ),
  [QUESTIONS]: lines(question(0), question(1), question(2)),
};

it('claims scores, results and questions, not the expected answers', async () => {
  const contents = {
    ...FILES,
    'data/possible_answer/BFCL_v4_simple_python.json': lines({ id: 'x', ground_truth: [] }),
  };
  assert.deepEqual((await claimed(bfclImporter, contents)).sort(), Object.keys(FILES).sort());
});

it('counts answers as right that the scores do not list, and errors of the API not at all', async () => {
  const record = await imported(bfclImporter, FILES);
  assert.deepEqual(scoreLines(record), [
    'bfcl_simple_python/simple_python_0 acme-FC accuracy=1',
    'bfcl_simple_python/simple_python_1 acme-FC accuracy=0',
  ]);
  assert.deepEqual(record.dropped, { failed: 1 });
  assert.equal(record.samples[1].prompt, 'Ring 1 bells.');
  assert.deepEqual(
    record.scores.map(({ answer: { tokensIn, tokensOut } }) => [tokensIn, tokensOut]),
    [
      [9, 2],
      [12, 3],
    ],
  );
});

it('leaves out scores of other answers than those that are there', async () => {
  for (const [score, pattern] of [
    [lines(header(4, 2), wrong(1), wrong(2)), /it scores 4 answers, .*_result\.json has 3/],
    [lines(header(3, 2), wrong(7)), /it scores 3 answers/],
  ]) {
    const record = await imported(bfclImporter, { ...FILES, [SCORE]: score });
    assert.equal(record.scores.length, 0);
    assert.match(record.details[0], pattern);
  }
  const { [SCORE]: _, ...without } = FILES;
  assert.deepEqual((await imported(bfclImporter, without)).dropped, { incomplete: 1 });
});

it('asks for the questions, without which only wrong answers would have a prompt', async () => {
  const { [QUESTIONS]: questions, ...without } = FILES;
  await refuses(bfclImporter, without, 'invalid_argument', /expected the questions too: .*bfcl_eval\/data/);
  await refuses(bfclImporter, { [QUESTIONS]: questions }, 'invalid_argument', /got its questions/);
  const bare = { 'BFCL_v4_simple_python_result.json': FILES[RESULT], [QUESTIONS]: questions };
  await refuses(bfclImporter, bare, 'invalid_argument', /expected result\/<model>\/ in the path/);
});
