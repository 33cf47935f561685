// Imports results of OpenCompass, valid and hostile.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openCompassImporter } from '../../../dist/importing/sources/opencompass.js';
import { refused } from '../support/fixtures.mjs';
import { claimed, imported, scoreLines } from './fixtures.mjs';

const refusedBy = (importer, contents, pattern, code = 'invalid_argument') =>
  refused(imported(importer, contents), code, pattern);
const _own = (text) => JSON.parse(text);

describe('results of OpenCompass', () => {
  const asked = (text) => [
    { role: 'SYSTEM', prompt: 'Be brief.' },
    { role: 'HUMAN', prompt: text },
    { role: 'BOT', prompt: '' },
  ];
  const result = (details) => ({ accuracy: 50, details });
  const ROOT = '20240701_120000';
  const RESULTS = `${ROOT}/results/m-1/toys.json`;

  it('are joined over models, with the prompts of details', async () => {
    const record = await imported(openCompassImporter, {
      [RESULTS]: result({
        type: 'GEN',
        0: { prompt: asked('How tall?'), correct: true },
        1: { prompt: 'How deep?', correct: false },
      }),
      'run/results/m-2/toys.json.gz': result([{ question: 'How tall?', is_correct: [true] }, { correct: 0.5 }]),
    });
    assert.deepEqual(scoreLines(record), [
      'toys/0 m-1 correct=1',
      'toys/0 m-2 correct=1',
      'toys/1 m-1 correct=0',
      'toys/1 m-2 correct=0.5',
    ]);
    assert.deepEqual(
      record.samples.map(({ prompt }) => prompt),
      ['How tall?', 'How deep?'],
    );
  });

  it('have prompts from the predictions of the same model, or else of any', async () => {
    const predictions = (text) => ({ 0: { origin_prompt: asked(text), prediction: 'x', gold: 'y' } });
    const record = await imported(openCompassImporter, {
      'a/predictions/m-1/toys.json': predictions('One?'),
      'a/predictions/m-2/toys.json': { ...predictions('Two?'), 1: { origin_prompt: 'Spare?' } },
      'a/predictions/m-2/games.json': predictions('Game?'),
      'a/results/m-2/toys.json': result({ 0: { correct: 1 }, 1: { correct: 1 }, 2: { correct: 1 } }),
      'a/results/m-3/games.json': result({ 0: { correct: null } }),
    });
    assert.deepEqual(
      record.samples.map(({ dataset, key, prompt }) => [dataset, key, prompt]),
      [
        ['toys', '0', 'Two?'],
        ['toys', '1', 'Spare?'],
        ['toys', '2', undefined],
        ['games', '0', 'Game?'],
      ],
    );
    assert.equal(record.scores.at(-1).value, null);
  });

  it('join partitions, whether their numbers continue or start again', async () => {
    const results = { 'r/results/m/toys.json': result({ 0: { correct: 1 }, 1: { correct: 0 }, 2: { correct: 1 } }) };
    const asks = (...texts) => texts.map((text) => ({ origin_prompt: text }));
    for (const second of [{ 0: asks('c')[0] }, { 2: asks('c')[0] }]) {
      const record = await imported(openCompassImporter, {
        ...results,
        'r/predictions/m/toys_0.json': { ...asks('a', 'b') },
        'r/predictions/m/toys_1.json': second,
      });
      assert.deepEqual(
        record.samples.map(({ prompt }) => prompt),
        ['a', 'b', 'c'],
      );
    }
    const numbered = await imported(openCompassImporter, {
      'r/results/m/level_1.json': result([{ correct: 1 }]),
      'r/results/m/level_2.json': result([{ correct: 1 }]),
      'r/results/m/one_0.json': result([{ correct: 1 }]),
    });
    assert.deepEqual(scoreLines(numbered), ['level_1/0 m correct=1', 'level_2/0 m correct=1', 'one_0/0 m correct=1']);
    const gap = { 'r/results/m/toys_0.json': result([]), 'r/results/m/toys_2.json': result([]) };
    await refusedBy(openCompassImporter, gap, /toys_0\.json: expected toys_1\.json/);
  });

  it('count entries without an outcome', async () => {
    const record = await imported(openCompassImporter, {
      [RESULTS]: result({
        0: { prompt: 'a', pred: 'b' },
        1: { correct: [true, 'later'] },
        2: { correct: {}, is_correct: true },
      }),
    });
    assert.deepEqual(record.dropped, { no_score: 2 });
    assert.deepEqual(scoreLines(record), ['toys/2 m-1 correct=1']);
  });

  it('average the repetitions in a list, with the prompt of the first one', async () => {
    const record = await imported(openCompassImporter, {
      [RESULTS]: result([
        { correct: [true, false, null, false, true] },
        { is_correct: [[true], [0.5]] },
        { correct: [] },
      ]),
      [`${ROOT}/predictions/m-1/toys.json`]: {
        0: { origin_prompt: asked('How tall?') },
        1: { origin_prompt: asked('How deep?') },
        2: { origin_prompt: asked('How wide?') },
        3: { origin_prompt: asked('How tall?') },
      },
    });
    assert.deepEqual(scoreLines(record), ['toys/0 m-1 correct=0.5', 'toys/1 m-1 correct=0.75']);
    assert.deepEqual(record.dropped, { no_score: 1 });
    assert.deepEqual(
      record.samples.map(({ prompt }) => prompt),
      ['How tall?', 'How deep?'],
    );
  });

  it('of other questions under the same numbers are joined by their prompts, those of other templates by number', async () => {
    const results = (...prompts) => result(prompts.map((prompt) => ({ prompt, correct: true })));
    const record = await imported(openCompassImporter, {
      'r/results/m-1/toys.json': results('How tall is it?', 'How deep is it?'),
      'r/results/m-2/toys.json': results('How deep is it?', 'How wide is it?'),
      'r/results/m-3/toys.json': results('[INST] How  tall is it? Answer:', 'Q: How deep is it?'),
    });
    assert.deepEqual(
      record.scores.map(({ sample, model }) => `${model} ${record.samples[sample].prompt}`),
      [
        'm-1 How tall is it?',
        'm-1 How deep is it?',
        'm-2 How deep is it?',
        'm-2 How wide is it?',
        'm-3 How tall is it?',
        'm-3 How deep is it?',
      ],
    );
  });

  it('of several dates are repetitions', async () => {
    const record = await imported(openCompassImporter, {
      '20240701_120000/results/m/toys.json': result([{ prompt: 'How tall?', correct: true }]),
      '20240702_120000/results/m/toys.json': result([{ prompt: 'How tall?', correct: false }]),
    });
    assert.deepEqual(scoreLines(record), ['toys/0 m correct=0', 'toys/0 m correct=1']);
    assert.ok(record.scores.every(({ answer }) => answer.repeats));
  });

  it('have the question alone as their prompt, without examples and template', async () => {
    const round = (question, answer) => [
      { role: 'HUMAN', prompt: `Add them.\nQ: ${question}\nA:` },
      ...(answer === undefined ? [] : [{ role: 'BOT', prompt: answer }]),
    ];
    const chat = (question) => [...round('1 and 1?', '2'), ...round('2 and 2?', '4'), ...round(question)];
    const text = (question) => `Add them.\n\nQ: 1 and 1?\nA: 2\n\nQ: ${question}\nA:`;
    const questions = ['31 and 4?', 'seven and 5?', '60 and 6?'];
    for (const wrap of [chat, text]) {
      const record = await imported(openCompassImporter, {
        [RESULTS]: result(questions.map((question) => ({ prompt: wrap(question), correct: true }))),
      });
      assert.deepEqual(
        record.samples.map(({ prompt }) => prompt),
        questions.map((question) => `Q: ${question}`),
      );
    }
  });

  it('have the last turn alone as their prompt, if it is text of a chat template', async () => {
    const turn = (user, answer) => `<|im_start|>user\n${user}<|im_end|>\n<|im_start|>assistant\n${answer}`;
    const entry = (question, example) => ({
      prompt: turn(example, '3<|im_end|>\n') + turn(question, ''),
      correct: true,
    });
    const record = await imported(openCompassImporter, {
      [RESULTS]: result([entry('How tall?', 'How many?'), entry('How deep?', 'How old?')]),
    });
    assert.deepEqual(
      record.samples.map(({ prompt }) => prompt),
      ['How tall?', 'How deep?'],
    );
  });

  it('have the question that all labels have in common, if scored by perplexity', async () => {
    const labels = (text) =>
      Object.fromEntries(
        ['yes', 'yesterday', 'no'].map((label) => [`label: ${label}`, { 'testing input': text(label), PPL: 1 }]),
      );
    const record = await imported(openCompassImporter, {
      [RESULTS]: result({ type: 'PPL', 0: { correct: true }, 1: { correct: true }, 2: { correct: true } }),
      [`${ROOT}/predictions/m-1/toys.json`]: {
        0: labels((label) => `Is the sea deep? ${label}`),
        1: labels((label) => `It is said: ${label}, the sea is\ndeep.`),
        2: labels((label) => [
          { role: 'HUMAN', prompt: 'Is it salty?' },
          { role: 'BOT', prompt: label },
        ]),
      },
    });
    assert.deepEqual(
      record.samples.map(({ prompt }) => prompt),
      ['Is the sea deep?', 'It is said: the sea is\ndeep.', 'Is it salty?'],
    );
  });

  it('leave out datasets without details, by name, if another has some', async () => {
    const record = await imported(openCompassImporter, {
      [RESULTS]: result([{ prompt: 'How tall?', correct: true }]),
      [`${ROOT}/results/m-1/essays.json`]: { rouge1: 31 },
      [`${ROOT}/results/m-1/broken.json`]: { error: 'different length' },
    });
    assert.deepEqual(scoreLines(record), ['toys/0 m-1 correct=1']);
    assert.deepEqual(record.dropped, { incomplete: 2 });
    const [broken, essays] = record.details.sort();
    assert.match(essays, /essays\.json: expected entries in 'details', got nothing: .*--dump-eval-details/);
    assert.match(broken, /broken\.json: expected entries in 'details', got the error 'different length'/);
  });

  it('are claimed without other files in the same folders', async () => {
    const mine = {
      [RESULTS]: result({}),
      [`${ROOT}/predictions/m/toys.json`]: { 0: {} },
      [`${ROOT}/summary/summary_20240701_120000.csv`]: 'dataset,version',
      [`${ROOT}/configs/20240701_120000.py`]: 'x = 1',
      'results/m/broken.json': '',
    };
    const others = {
      'results/m/results_2024-07-01T12-30-00.json': { results: {} },
      'results/m/log.json': { version: 2, status: 'success', eval: {} },
      'results/m/x.json': { model_name: 'm', dataset_name: 'd', records: [] },
      'results/m/list.json': [],
      'other/m/toys.json': result({}),
    };
    assert.deepEqual(await claimed(openCompassImporter, { ...mine, ...others }), Object.keys(mine).sort());
  });

  it('are refused without details, with a hint at the option that writes them', async () => {
    const cases = [
      [{ accuracy: 50 }, 'got nothing'],
      [result({}), 'an object without any'],
      [result([]), 'a list without any'],
      [result(5), 'the number 5'],
      [result(null), 'null'],
      [[], 'nothing'],
    ];
    for (const [content, got] of cases) {
      await refusedBy(
        openCompassImporter,
        { [RESULTS]: content },
        new RegExp(`toys\\.json: .*${got}.*--dump-eval-details`),
      );
    }
    await refusedBy(openCompassImporter, { 'r/predictions/m/toys.json': { 0: {} } }, /toys\.json.*results\/<model>/);
    await refusedBy(openCompassImporter, { 'toys.json': result({}) }, /toys\.json.*results\/<model>/);
  });

  it('are refused if entries are not objects, or files are damaged', async () => {
    await refusedBy(openCompassImporter, { [RESULTS]: result({ 3: 'x' }) }, /toys\.json: 'details\.3'.*a text/);
    const predictions = { [RESULTS]: result({ 0: { correct: 1 } }), 'a/predictions/m/toys.json': { 0: 5 } };
    await refusedBy(openCompassImporter, predictions, /predictions\/m\/toys\.json: entry '0'.*number 5/);
    for (const bad of ['', '{"details": {"0": {', '<html>', Uint8Array.of(0x7b, 0xff)]) {
      await refusedBy(openCompassImporter, { [RESULTS]: bad }, /results\/m-1\/toys\.json/);
    }
  });

  it('treat names such as __proto__ as plain names', async () => {
    const text = '{"details": {"__proto__": {"correct": true, "prompt": "a?"}, "0": {"__proto__": {"correct": true}}}}';
    const record = await imported(openCompassImporter, { 'results/__proto__/constructor.json': text });
    assert.deepEqual(scoreLines(record), ['constructor/__proto__ __proto__ correct=1']);
    assert.deepEqual(record.dropped, { no_score: 1 });
    assert.equal({}.correct, undefined);
  });
});
