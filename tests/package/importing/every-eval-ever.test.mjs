// Imports samples in the form of Every Eval Ever 0.2.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { everyEvalEverImporter } from '../../../dist/importing/sources/every-eval-ever.js';
import { claimed, imported, lines, refuses, scoreLines } from './fixtures.mjs';

const sample = (id, score, more = {}) => ({
  schema_version: '0.2.1',
  evaluation_id: 'tides/acme/1',
  model_id: 'acme/little',
  evaluation_name: 'tides',
  sample_id: id,
  interaction_type: 'single_turn',
  input: { raw: `When is tide ${id}?`, reference: ['noon'] },
  output: { raw: ['x'] },
  messages: null,
  answer_attribution: [],
  evaluation: { score, is_correct: score > 0 },
  ...more,
});
const result = (config, more) => ({
  evaluation_name: 'tides',
  metric_config: { lower_is_better: false, ...config },
  ...more,
});
const totals = (...results) => ({
  schema_version: '0.2.1',
  evaluation_id: 'tides/acme/1',
  retrieved_timestamp: '1',
  evaluation_results: results,
});

it('claims samples and totals', async () => {
  const contents = {
    'data/a_samples.jsonl': lines(sample('t1', 1)),
    'data/a.json': totals(),
    'b.jsonl': lines({ model_id: 'm', sample_id: 1 }),
    'c.json': { schema_version: 2, submitted_ids: [] },
  };
  assert.deepEqual((await claimed(everyEvalEverImporter, contents)).sort(), ['data/a.json', 'data/a_samples.jsonl']);
});

it('reads names, prompts, scores, tokens and errors', async () => {
  const usage = { input_tokens: 9, output_tokens: 2, total_tokens: 11 };
  const record = await imported(everyEvalEverImporter, {
    'a_samples.jsonl': lines(
      sample('t1', 0.5, { token_usage: usage, metadata: { cost_usd: '0.002' } }),
      sample('t2', 1, { error: 'timeout' }),
      sample('t1', 1, { model_id: 'acme/great' }),
    ),
  });
  assert.deepEqual(scoreLines(record), ['tides/t1 acme/great score=1', 'tides/t1 acme/little score=0.5']);
  assert.equal(record.samples[0].prompt, 'When is tide t1?');
  assert.deepEqual(record.scores[0].answer, { costUsd: 0.002, tokensIn: 9, tokensOut: 2, repeats: true });
  assert.deepEqual(record.dropped, { failed: 1 });
});

it('takes name, range and direction of a metric from the totals', async () => {
  const levels = { metric_name: 'level', score_type: 'levels', min_score: 0, max_score: 4, has_unknown_level: true };
  const harm = { metric_name: 'harm', lower_is_better: true };
  const record = await imported(everyEvalEverImporter, {
    'a.json': totals(result(levels, { evaluation_result_id: 'r1' }), result(harm, { evaluation_result_id: 'r2' })),
    'a_samples.jsonl': lines(
      sample('t1', 3, { evaluation_result_id: 'r1' }),
      sample('t1', 0.1, { evaluation_result_id: 'r2' }),
      sample('t2', -1),
    ),
  });
  assert.deepEqual(scoreLines(record), ['tides/t1 acme/little harm=0.1', 'tides/t1 acme/little level=3']);
  assert.deepEqual(record.scales, [['tides', 'level', 0, 4]]);
  assert.deepEqual(record.lower, ['tides harm']);
  assert.deepEqual(record.dropped, { unscored: 1 });
});

it('says what is missing, and where a defect is', async () => {
  await refuses(everyEvalEverImporter, { 'a.json': totals() }, 'invalid_argument', /totals, without samples/);
  const broken = { 'a_samples.jsonl': lines(sample('t1', 1, { model_id: null })) };
  await refuses(everyEvalEverImporter, broken, 'invalid_argument', /^a_samples\.jsonl, line 1: no text at 'model_id'/);
});
