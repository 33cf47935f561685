// Imports details of lighteval. The fixtures have the columns that versions 0.13 and 0.9 write, and were written by the
// library that these use (pyarrow), about invented questions.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { lightEvalImporter } from '../../../dist/importing/sources/lighteval.js';
import { root } from '../support/fixtures.mjs';
import { claimed, imported, refuses, scoreLines } from './fixtures.mjs';

const fixture = (name) => readFileSync(path.join(root, 'tests', 'fixtures', 'importing', name));
const DATE = '2026-03-01T09-15-01.123456';
const details = (model, task, date = DATE) => `out/details/${model}/${date}/details_${task}_${date}.parquet`;
const NOW = fixture('lighteval-0.13.parquet');

const results = (parameters, metrics = []) => ({
  config_general: { model_name: 'acme/little', model_config: { generation_parameters: parameters } },
  results: {},
  config_tasks: { 'oars:0': { metrics } },
});

describe('lighteval', () => {
  it('is recognised by path: details and results', async () => {
    const contents = {
      [details('acme/little', 'oars|0')]: NOW,
      [`out/results/acme/little/results_${DATE}.json`]: results({}),
      'other/part-0.parquet': NOW,
      [`lm/results_${DATE}.json`]: { results: {}, config: {} },
    };
    assert.deepEqual((await claimed(lightEvalImporter, contents)).sort(), Object.keys(contents).slice(0, 2).sort());
  });

  it('names model and task by the path, and has the question without its instruction', async () => {
    const record = await imported(lightEvalImporter, { [details('acme/little', 'lighteval|oars|0')]: NOW });
    assert.deepEqual(
      scoreLines(record).filter((line) => line.includes('extractive_match')),
      [0, 1, 2, 3].map((i) => `oars/${i} acme/little extractive_match=${i % 2}`),
    );
    assert.equal(record.samples[2].prompt, 'How many oars have 2 boats?');
    assert.deepEqual(record.scores[0].answer, { tokensIn: 20, tokensOut: 4, repeats: true });
  });

  it('joins the form before 0.10, whose scores are text, by the prompt', async () => {
    const record = await imported(lightEvalImporter, {
      [details('acme/little', 'oars|0')]: NOW,
      [details('great', 'oars|0')]: fixture('lighteval-0.9.parquet'),
    });
    const great = record.scores.filter(({ model, metric }) => model === 'great' && metric === 'extractive_match');
    assert.deepEqual(
      great.map(({ key, value }) => [key.split(' ')[0], value]),
      [
        ['0', 1],
        ['1', 0],
      ],
    );
  });

  it('tells runs with other settings apart, and takes directions from the results', async () => {
    const later = '2026-03-02T09-15-01.123456';
    const record = await imported(lightEvalImporter, {
      [details('acme/little', 'oars|0')]: NOW,
      [details('acme/little', 'oars|5', later)]: NOW,
      [`out/results/acme/little/results_${DATE}.json`]: results({ temperature: 0 }, [
        { metric_name: 'length', higher_is_better: false },
        { metric_name: 'extractive_match', higher_is_better: true },
      ]),
      [`out/results/acme/little/results_${later}.json`]: results({ temperature: 0, reasoning_effort: 'high' }),
    });
    assert.deepEqual(record.lower, ['oars (num_fewshot=0) length']);
    assert.deepEqual(
      [...new Set(record.scores.map(({ dataset, model }) => `${dataset}: ${model}`))],
      ['oars (num_fewshot=0): acme/little', 'oars (num_fewshot=5): acme/little (reasoning_effort=high)'],
    );
  });

  it('says what is missing if there are only totals, and names a damaged file', async () => {
    const totals = { [`out/results/acme/little/results_${DATE}.json`]: results({}) };
    await refuses(lightEvalImporter, totals, 'invalid_argument', /totals of a run: run lighteval with --save-details/);
    const cut = { [details('acme/little', 'oars|0')]: NOW.subarray(0, 900) };
    await refuses(lightEvalImporter, cut, 'invalid_argument', /details_oars.*not a readable Parquet file/);
  });
});
