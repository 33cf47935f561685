// Imports results of EvalScope 1.x: reviews with their predictions, configuration and reports.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evalScopeImporter } from '../../../dist/importing/sources/evalscope.js';
import { claimed, imported, lines, refuses, scoreLines } from './fixtures.mjs';

const RUN = 'outputs/20260301_091500';
const asked = (number) => `Answer with a number.\nHow many legs have ${number} spiders?`;

const review = (index, value, more = {}) => ({
  index,
  target: ['8'],
  messages: [
    { role: 'user', content: asked(index) },
    { role: 'assistant', content: 'x' },
  ],
  sample_score: { sample_id: index, group_id: index, score: { value, main_score_name: 'acc', metadata: {}, ...more } },
});

const prediction = (index, usage) => ({
  index,
  model: 'little',
  model_output: { choices: [{ stop_reason: 'max_tokens' }], usage },
  messages: [],
});

const files = (reviews, { predictions = [], run = RUN, model = 'little', stem = 'legs_default', config } = {}) => ({
  [`${run}/reviews/${model}/${stem}.jsonl`]: lines(...reviews),
  [`${run}/predictions/${model}/${stem}.jsonl`]: lines(...predictions),
  ...(config === undefined ? {} : { [`${run}/configs/task_config.yaml`]: config }),
});

describe('EvalScope', () => {
  it('is recognised by path and keys, with the other files of a run', async () => {
    const contents = {
      ...files([review(0, { acc: 1 })], { predictions: [prediction(0)], config: 'model: x\n' }),
      [`${RUN}/logs/eval_log.log`]: 'started',
      [`${RUN}/reports/little/legs.json`]: { name: 'n', dataset_name: 'legs', model_name: 'little', metrics: [] },
      'reviews/little/other.jsonl': lines({ index: 0, text: 'mine' }),
    };
    const own = Object.keys(contents).filter((name) => name.startsWith(RUN));
    assert.deepEqual((await claimed(evalScopeImporter, contents)).sort(), own.sort());
  });

  it('joins reviews by index, without the template around the questions', async () => {
    const usage = { input_tokens: 20, output_tokens: 5, total_tokens: 125 };
    const record = await imported(evalScopeImporter, {
      ...files([review(0, { acc: 1 }), review(1, { acc: false })], { predictions: [prediction(0, usage)] }),
      ...files([review(1, { acc: 1 })], { model: 'great' }),
    });
    assert.deepEqual(scoreLines(record), ['legs/0 little acc=1', 'legs/1 great acc=1', 'legs/1 little acc=0']);
    assert.deepEqual(
      record.samples.map(({ prompt }) => prompt),
      ['How many legs have 1 spiders?', 'How many legs have 0 spiders?'],
    );
    const { answer } = record.scores.find(({ model, key }) => model === 'little' && key === '0');
    // The total shows that the tokens from a cache are apart.
    assert.deepEqual(answer, { tokensIn: 120, tokensOut: 5, isCutOff: true, repeats: true });
  });

  it('counts no score that could not be computed', async () => {
    const failed = { metadata: { metric_errors: { bleu: 'LookupError: x' } } };
    const record = await imported(
      evalScopeImporter,
      files([
        review(0, { 'bleu-1': 0, 'Rouge-L-R': 0 }, failed),
        review(1, { 'bleu-1': 0 }),
        review(2, {}, { status: 'transport_error' }),
        review(3, {}),
      ]),
    );
    assert.deepEqual(scoreLines(record), ['legs/0 little Rouge-L-R=0', 'legs/1 little bleu-1=0']);
    assert.deepEqual(record.dropped, { failed: 1, unscored: 1 });
  });

  it('averages repetitions of a sample, and tells runs with other settings apart', async () => {
    const repeated = [0, 1].map((n) => ({ ...review(n, { acc: n }), messages: review(7, {}).messages }));
    for (const { sample_score: score } of repeated) score.group_id = 7;
    const few = await imported(evalScopeImporter, files(repeated));
    assert.deepEqual(scoreLines(few), ['legs/7 little acc=0', 'legs/7 little acc=1']);
    assert.ok(few.scores.every(({ answer }) => answer.repeats));
    const config = (effort, shots) =>
      `generation_config: { reasoning_effort: ${effort}, seed: ${shots} }\ndataset_args: { legs: { few_shot_num: ${shots} } }\n`;
    const two = await imported(evalScopeImporter, {
      ...files([review(0, { acc: 0 })], { config: config('low', 0) }),
      ...files([review(0, { acc: 1 })], { run: 'outputs/20260302_091500', config: config('high', 5) }),
    });
    assert.deepEqual(scoreLines(two), [
      'legs (few_shot_num=0)/0 little (reasoning_effort=low) acc=0',
      'legs (few_shot_num=5)/0 little (reasoning_effort=high) acc=1',
    ]);
  });

  it('tells models of two makers apart that share the last part of their names', async () => {
    const record = await imported(evalScopeImporter, {
      ...files([review(0, { acc: 0 })], { config: 'model: acme/little\n' }),
      ...files([review(0, { acc: 1 })], { run: 'outputs/20260302_091500', config: 'model: other/little\n' }),
    });
    assert.deepEqual(scoreLines(record), [
      'legs/0 little (model=acme/little) acc=0',
      'legs/0 little (model=other/little) acc=1',
    ]);
  });

  it('takes the direction of a metric from the reports', async () => {
    const metrics = [
      { identity: { name: 'wer' }, score: 0, num: 1, semantics: { direction: 'lower_is_better' } },
      { identity: { name: 'acc' }, score: 0, num: 1, semantics: { direction: 'higher_is_better' } },
    ];
    const record = await imported(evalScopeImporter, {
      ...files([review(0, { wer: 0.2 })], { stem: 'legs_spoken' }),
      [`${RUN}/reports/little/legs.json`]: { dataset_name: 'legs', model_name: 'little', metrics },
    });
    assert.deepEqual(record.lower, ['legs_spoken wer']);
  });

  it('names what is missing', async () => {
    await refuses(
      evalScopeImporter,
      { [`${RUN}/configs/task_config.yaml`]: 'a: 1' },
      'invalid_argument',
      /expected reviews\//,
    );
    const broken = files([{ index: 0, sample_score: { score: 1 } }]);
    await refuses(
      evalScopeImporter,
      broken,
      'invalid_argument',
      /legs_default\.jsonl, line 1: 'sample_score\.score' is not an object/,
    );
  });
});
