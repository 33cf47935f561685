// Imports logs of openai/evals.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openAiEvalsImporter } from '../../../dist/importing/sources/openai-evals.js';
import { claimed, imported, lines, refuses, scoreLines } from './fixtures.mjs';

const spec = (model, more = {}) => ({
  spec: {
    completion_fns: [model],
    eval_name: 'ferries.dev.v0',
    base_eval: 'ferries',
    split: 'dev',
    run_config: { seed: 7, max_samples: null, eval_spec: { args: {} }, ...more },
    run_id: '1',
  },
});
const event = (number, type, data) => ({
  run_id: '1',
  event_id: number,
  sample_id: `ferries.dev.${number}`,
  type,
  data,
});
const question = (number) => `How many ferries cross ${number} rivers?`;
const sampling = (number, usage) =>
  event(number, 'sampling', {
    prompt: [
      { role: 'system', content: 'You are a pilot.' },
      { role: 'user', content: question(number) },
    ],
    sampled: ['x'],
    usage,
  });
const match = (number, correct) => event(number, 'match', { correct, expected: '1', picked: 'x' });
const END = { final_report: { accuracy: 0.5 }, run_id: '1' };

describe('openai/evals', () => {
  it('is recognised by its first line', async () => {
    const contents = {
      'logs/a.jsonl': lines(spec('m'), sampling(0), END),
      'b.jsonl': lines({ spec: { containers: [] } }),
      'c.jsonl': lines({ run_id: 'r', event: 1 }),
    };
    assert.deepEqual(await claimed(openAiEvalsImporter, contents), ['logs/a.jsonl']);
  });

  it('has a row for each sample: the question, the match, the tokens', async () => {
    const usage = { prompt_tokens: 30, completion_tokens: 4, total_tokens: 34 };
    const record = await imported(openAiEvalsImporter, {
      'little.jsonl': lines(spec('little'), sampling(0, usage), match(0, true), sampling(1), match(1, false), END),
      'great.jsonl': lines(spec('great'), sampling(1), match(1, true), END),
    });
    assert.deepEqual(scoreLines(record), [
      'ferries/ferries.dev.0 little match=1',
      'ferries/ferries.dev.1 great match=1',
      'ferries/ferries.dev.1 little match=0',
    ]);
    assert.ok(record.samples.some(({ prompt }) => prompt === question(0)));
    assert.deepEqual(record.scores.find(({ key }) => key.endsWith('.0')).answer, {
      tokensIn: 30,
      tokensOut: 4,
      repeats: true,
    });
  });

  it('takes the question, not what the judge was asked, and the metrics of a sample', async () => {
    const judge = event(0, 'sampling', { prompt: [{ role: 'user', content: 'Is the answer right?' }], sampled: ['Y'] });
    const metrics = { choice: 'Y', score: 0.5, 'counts/Y': 1, sampled: 'x' };
    const record = await imported(openAiEvalsImporter, {
      'a.jsonl': lines(spec('m'), sampling(0), judge, event(0, 'metrics', metrics), END),
    });
    assert.deepEqual(scoreLines(record), ['ferries/ferries.dev.0 m score=0.5']);
    assert.equal(record.samples[0].prompt, question(0));
  });

  it('counts samples that failed or have no score', async () => {
    const failed = event(1, 'error', { type: 'RateLimitError', message: 'later' });
    const record = await imported(openAiEvalsImporter, {
      'a.jsonl': lines(spec('m'), sampling(0), sampling(1), failed, match(2, true), END),
    });
    assert.deepEqual(record.dropped, { unscored: 1, failed: 1 });
    assert.equal(record.scores.length, 1);
  });

  it('tells evaluations with other arguments apart', async () => {
    const of = (shots) =>
      lines(spec('m', { eval_spec: { args: { num_few_shot: shots } } }), sampling(0), match(0, true));
    const { scores } = await imported(openAiEvalsImporter, { 'a.jsonl': of(0), 'b.jsonl': of(3) });
    assert.deepEqual(
      scores.map(({ dataset }) => dataset),
      ['ferries (num_few_shot=0)', 'ferries (num_few_shot=3)'],
    );
  });

  it('names the place of a defect', async () => {
    await refuses(
      openAiEvalsImporter,
      { 'a.jsonl': lines({ spec: {} }) },
      'invalid_argument',
      /^a\.jsonl, line 1: no model at/,
    );
    await refuses(openAiEvalsImporter, { 'a.jsonl': '{"spec":' }, 'invalid_argument', /^a\.jsonl, line 1: not JSON/);
    const cut = `${lines(spec('m'), sampling(0))}\n{"run_id": "1", "ev`;
    await refuses(openAiEvalsImporter, { 'a.jsonl': cut }, 'invalid_argument', /^a\.jsonl, line 3: not JSON/);
  });
});
