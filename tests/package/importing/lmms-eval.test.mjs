// Imports samples of lmms-eval.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { lmmsEvalImporter } from '../../../dist/importing/sources/lmms-eval.js';
import { claimed, imported, lines, refuses, scoreLines } from './fixtures.mjs';

const FOLDER = 'logs/acme__little-vl';
const SAMPLES = `${FOLDER}/20260301_091500_samples_signs.jsonl`;
const RESULTS = `${FOLDER}/20260301_091500_results.json`;

const line = (id, more) => ({
  doc_id: id,
  target: '1',
  input: `Which sign is number ${id}?\nAnswer with a single word.`,
  filtered_resps: 'x',
  token_counts: [{ input_tokens: 9, output_tokens: 2 }],
  doc_hash: `h${id}`,
  ...more,
});
const results = (more) => ({
  results: { signs: {} },
  configs: { signs: {} },
  'n-shot': { signs: 0 },
  model_name: 'acme/little-vl',
  ...more,
});

it('claims samples and totals of lmms-eval, not those of its parent', async () => {
  const contents = {
    [SAMPLES]: lines(line(0, { exact_match: 1 })),
    [RESULTS]: results(),
    'm/samples_signs_2026-01-01T00-00-00.jsonl': lines({ doc_id: 0, filtered_resps: [], exact_match: 1 }),
    'm/results_2026-01-01T00-00-00.json': results(),
  };
  assert.deepEqual((await claimed(lmmsEvalImporter, contents)).sort(), [RESULTS, SAMPLES].sort());
});

it('reads metrics that are numbers or objects, without the words after each question', async () => {
  const record = await imported(lmmsEvalImporter, {
    [SAMPLES]: lines(
      line(0, { exact_match: 1, signs_score: { question_id: 'q', category: 'blue', score: 0.5 } }),
      line(1, { exact_match: false, signs_score: { parsed_pred: 'x' } }),
      line(2, { signs_acc: { pred: 'x' } }),
    ),
    [RESULTS]: results({ higher_is_better: { signs: { exact_match: false } } }),
  });
  assert.deepEqual(scoreLines(record), [
    'signs/h0 acme/little-vl exact_match=1',
    'signs/h0 acme/little-vl signs_score=0.5',
    'signs/h1 acme/little-vl exact_match=0',
  ]);
  assert.deepEqual(record.dropped, { no_score: 1 });
  assert.equal(record.samples[1].prompt, 'Which sign is number 1?');
  assert.deepEqual(record.scores[0].answer, { tokensIn: 9, tokensOut: 2, repeats: true });
  assert.deepEqual(record.lower, ['signs exact_match']);
});

it('names the model by the folder, and says what is missing', async () => {
  const { scores } = await imported(lmmsEvalImporter, { [SAMPLES]: lines(line(0, { exact_match: 1 })) });
  assert.equal(scores[0].model, 'acme/little-vl');
  await refuses(lmmsEvalImporter, { [RESULTS]: results() }, 'invalid_argument', /--log_samples/);
  await refuses(
    lmmsEvalImporter,
    { '1_samples_a.jsonl': lines(line(0, { acc: 1 })) },
    'invalid_argument',
    /folder that names/,
  );
});
