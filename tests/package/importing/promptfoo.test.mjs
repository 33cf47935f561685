// Imports results of promptfoo 0.123, and the forms of older versions.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { promptfooImporter } from '../../../dist/importing/sources/promptfoo.js';
import { claimed, imported, lines, refuses } from './fixtures.mjs';

const PASSED = { pass: true, score: 1, reason: 'All assertions passed' };

/** A result of a test, as promptfoo writes it. */
function result(test, model, more = {}) {
  const score = more.score ?? 1;
  const question = `What is ${test} plus 1?`;
  return {
    cost: 0.001,
    gradingResult: { ...PASSED, pass: score === 1, score },
    prompt: { raw: question, label: '{{question}}' },
    promptId: 'p1',
    promptIdx: model === 'little' ? 0 : 1,
    provider: { id: `acme:chat:${model}`, label: '' },
    response: { output: 'x', tokenUsage: { prompt: 10, completion: 2, total: 12 }, finishReason: 'stop' },
    score,
    success: score === 1,
    testCase: { description: `sum ${test}`, vars: { question } },
    testIdx: test,
    tokenUsage: { prompt: 10, completion: 2, total: 12 },
    vars: { question },
    failureReason: score === 1 ? 0 : 1,
    ...more,
  };
}

const evaluation = (results, config = { description: 'sums' }) => ({
  evalId: 'eval-1',
  results: { version: 3, timestamp: '2026-01-01T00:00:00.000Z', prompts: [], results, stats: {} },
  config,
});

const values = ({ scores }) => scores.map(({ dataset, model, value }) => [dataset, model, value]);

describe('promptfoo', () => {
  const both = [result(1, 'little', { score: 0 }), result(1, 'great'), result(2, 'little', { score: 0.5 })];

  it('is read from JSON and JSONL', async () => {
    const expected = [
      ['acme:chat:little', 0],
      ['acme:chat:great', 1],
      ['acme:chat:little', 0.5],
    ];
    for (const [name, content, dataset] of [
      ['results.json', evaluation(both), 'sums'],
      ['out/math.json', evaluation(both, {}), 'math'],
      ['results.jsonl.gz', lines(...both), 'results'],
    ]) {
      const record = await imported(promptfooImporter, { [name]: content });
      assert.deepEqual(
        values(record),
        expected.map(([model, value]) => [dataset, model, value]),
        name,
      );
      assert.deepEqual(
        record.samples.map(({ id, prompt }) => [id, prompt]),
        [
          ['sum 1', 'What is 1 plus 1?'],
          ['sum 2', 'What is 2 plus 1?'],
        ],
        name,
      );
      assert.deepEqual(record.scores[0].answer, {
        costUsd: 0.001,
        tokensIn: 10,
        tokensOut: 2,
        isCutOff: false,
        repeats: true,
      });
    }
  });

  it('is recognised by its content', async () => {
    const older = { results: { version: 2, timestamp: 't', results: [], table: {} } };
    const contents = {
      'a.json': evaluation(both),
      'b.json': older,
      'c.jsonl': lines(...both),
      'results.json': { results: { gsm8k: {} } },
      'd.jsonl': lines({ prompt: 'q', provider: 'm', score: 1 }),
    };
    assert.deepEqual(await claimed(promptfooImporter, contents), ['a.json', 'b.json', 'c.jsonl']);
  });

  it('does not take errors, unscored answers and cached figures for results', async () => {
    const failed = { score: 0, failureReason: 2, gradingResult: null, error: 'API error: 529', response: {} };
    const { failureReason, ...olderFailed } = { ...result(2, 'little'), ...failed };
    const record = await imported(promptfooImporter, {
      'r.json': evaluation([
        result(1, 'little', failed),
        olderFailed,
        result(3, 'little', { gradingResult: { ...PASSED, reason: 'No assertions' } }),
        result(4, 'little', { response: { cached: true, finishReason: 'length' }, cost: 0 }),
      ]),
    });
    assert.deepEqual(record.dropped, { failed: 2, unscored: 1 });
    assert.deepEqual(values(record), [['sums', 'acme:chat:little', 1]]);
    const [{ answer }] = record.scores;
    assert.deepEqual([answer.costUsd, answer.tokensIn, answer.isCutOff], [undefined, undefined, true]);
  });

  it('takes equal prompts and variables for repetitions, whatever the number of the test', async () => {
    const again = { testIdx: 9, score: 0 };
    const other = { vars: { question: 'q', unit: 'cm' } };
    const record = await imported(promptfooImporter, {
      'r.json': evaluation([result(1, 'great'), result(1, 'great', again), result(1, 'great', other)]),
    });
    assert.equal(record.samples.length, 2);
    assert.deepEqual(
      record.scores.map(({ sample, answer }) => [sample, answer.repeats]),
      [
        [0, true],
        [0, true],
        [1, true],
      ],
    );
  });

  it('keeps prompts with different labels, and providers with one id, apart', async () => {
    const prompt = (label) => ({ prompt: { raw: `${label}: q`, label }, promptId: label });
    const provider = (label, promptIdx) => ({ provider: { id: 'acme:chat:great', label }, promptIdx });
    const record = await imported(promptfooImporter, {
      'r.json': evaluation([
        result(1, 'great', { ...prompt('plain'), ...provider('low', 0) }),
        result(1, 'great', { ...prompt('steps'), ...provider('low', 1) }),
        result(1, 'great', { ...prompt('plain'), ...provider('high', 2) }),
      ]),
    });
    assert.deepEqual(values(record), [
      ['sums (prompt=plain)', 'acme:chat:great (label=low)', 1],
      ['sums (prompt=steps)', 'acme:chat:great (label=low)', 1],
      ['sums (prompt=plain)', 'acme:chat:great (label=high)', 1],
    ]);
    await refuses(
      promptfooImporter,
      { 'r.json': evaluation([result(1, 'great', provider('', 0)), result(1, 'great', provider('', 1))]) },
      'invalid_argument',
      /^r\.json, line 2: the provider 'acme:chat:great' is listed more than once: .*label/,
    );
  });

  it('asks what the user says in a list of messages', async () => {
    const raw = JSON.stringify([
      { role: 'system', content: 'You are a clerk.' },
      { role: 'user', content: 'What is 3 plus 4?' },
    ]);
    const { samples } = await imported(promptfooImporter, {
      'r.json': evaluation([
        result(1, 'great', { prompt: { raw, label: 'chat.json' } }),
        result(2, 'great', { prompt: { raw: '[{"role": "user"', label: 'chat.json' } }),
      ]),
    });
    assert.deepEqual(
      samples.map(({ prompt }) => prompt),
      ['What is 3 plus 4?', '[{"role": "user"'],
    );
  });

  it('counts a result once that several files have', async () => {
    const id = '48d3e020-4d1f-4872-9c09-24d762a0097c';
    const record = await imported(promptfooImporter, {
      'r.json': evaluation([result(1, 'great', { id })]),
      'r.jsonl': lines(result(1, 'great', { id })),
    });
    assert.deepEqual(values(record), [['sums', 'acme:chat:great', 1]]);
    assert.deepEqual(record.dropped, { repeated: 1 });
  });

  it('names the place of a defect', async () => {
    await refuses(
      promptfooImporter,
      { 'r.json': evaluation([result(1, 'great'), 7]) },
      'invalid_argument',
      /^r\.json, line 2: the result is not an object/,
    );
    await refuses(
      promptfooImporter,
      { 'r.jsonl': lines({ ...result(1, 'great'), provider: {} }) },
      'invalid_argument',
      /^r\.jsonl, line 1: no text at 'provider\.id'/,
    );
  });

  it('has the questions without the instruction around them, and no prompt that was not written', async () => {
    const raw = (test) => `You count for the town of Quill.\n\nWhat is ${test} plus 1?`;
    const of = (test, model, text) => result(test, model, { prompt: { raw: text, label: 'town' } });
    const results = [of(1, 'little', raw(1)), of(2, 'little', raw(2)), of(2, 'great', raw(2))];
    const { samples } = await imported(promptfooImporter, { 'results.json': evaluation(results) });
    assert.deepEqual(
      samples.map(({ prompt }) => prompt),
      ['What is 1 plus 1?', 'What is 2 plus 1?'],
    );
    const stripped = evaluation([of(1, 'little', '[prompt stripped]')]);
    const record = await imported(promptfooImporter, { 'results.json': stripped });
    assert.equal(record.samples[0].prompt, undefined);
  });

  it('is read from YAML, in which equal objects are written once', async () => {
    const yaml = `evalId: e
results:
  version: 3
  results:
    - provider: { id: 'acme:chat:little', label: '' }
      prompt: { raw: What is 1 plus 1?, label: '{{question}}' }
      promptIdx: 0
      vars: &ref_0 { question: What is 1 plus 1? }
      testCase: { vars: *ref_0 }
      score: 0.5
      failureReason: 1
      cost: 0.002
config: { description: sums }
`;
    assert.deepEqual(await claimed(promptfooImporter, { 'r.yaml': yaml, 'config.yml': 'description: sums\n' }), [
      'r.yaml',
    ]);
    const record = await imported(promptfooImporter, { 'r.yaml': yaml });
    assert.deepEqual(values(record), [['sums', 'acme:chat:little', 0.5]]);
    assert.equal(record.scores[0].answer.costUsd, 0.002);
    await refuses(promptfooImporter, { 'r.yaml': `${yaml}}` }, 'invalid_argument', /^r\.yaml: not YAML: /);
    const bomb = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &x${i + 1} [*x${i}, *x${i}]`).join('\n');
    await refuses(
      promptfooImporter,
      { 'r.yaml': `a0: &x0 [1]\n${bomb}\n` },
      'invalid_argument',
      /aliases stand for more/,
    );
  });

  const HEAD = 'Status,Score,Named Scores,Grader Reason,Comment';
  const csv = (...rows) =>
    `question,[acme:chat:little] Q: {{question}},${HEAD},[acme:chat:great] Q: {{question}},${HEAD}\n${rows.join('\n')}\n`;
  const rows = [
    'What is 1 plus 1?,3,FAIL,0.25,,wrong,,2,PASS,1.00,,All assertions passed,',
    'What is 2 plus 1?,,ERROR,0.00,,,,3,PASS,1.00,,No assertions,',
  ];

  it('is read from CSV: status, score, and the prompt that the template makes', async () => {
    const record = await imported(promptfooImporter, { 'out/sums.csv': csv(...rows) });
    assert.deepEqual(values(record), [
      ['sums', 'acme:chat:little', 0.25],
      ['sums', 'acme:chat:great', 1],
    ]);
    assert.deepEqual(
      record.samples.map(({ prompt }) => prompt),
      ['Q: What is 1 plus 1?', 'Q: What is 2 plus 1?'],
    );
    assert.deepEqual(record.dropped, { failed: 1, unscored: 1 });
    const named = csv(...rows).replaceAll('Q: {{question}}', 'terse');
    const { samples } = await imported(promptfooImporter, { 'sums.csv': named });
    assert.equal(samples[0].prompt, 'What is 1 plus 1?');
    await refuses(
      promptfooImporter,
      { 'r.csv': csv('q,x,OK,1,,,,y,PASS,1,,,') },
      'invalid_argument',
      /line 2: got 'OK' in column 'Status'/,
    );
    await refuses(
      promptfooImporter,
      { 'r.csv': csv('q,x,PASS') },
      'invalid_argument',
      /line 2: got 3 cells, expected 13/,
    );
  });

  it('tells evaluations apart in which a provider has other settings', async () => {
    const settings = (providers) => ({ description: 'sums', providers });
    const config = (effort) => ({ reasoning_effort: effort, apiKey: `key-${effort}` });
    const id = 'acme:chat:great';
    const named = async (first, second) => {
      const record = await imported(promptfooImporter, {
        'a.json': evaluation([result(1, 'great', { score: 0 })], settings(first)),
        'b.yaml': JSON.stringify(evaluation([result(1, 'great')], settings(second)), undefined, 1),
      });
      return values(record).map(([, model, value]) => [model, value]);
    };
    const bare = [
      [id, 0],
      [id, 1],
    ];
    assert.deepEqual(await named([{ id, config: config('low') }], [{ id, config: config('low') }]), bare);
    assert.deepEqual(await named([id], [{ id, config: { apiKey: 'mine' } }]), bare);
    assert.deepEqual(await named([{ id, config: config('low') }], [{ [id]: { config: config('high') } }]), [
      [`${id} (reasoning_effort=low)`, 0],
      [`${id} (reasoning_effort=high)`, 1],
    ]);
    assert.deepEqual(await named([id], [{ id, config: { temperature: 1 } }]), [
      [id, 0],
      [`${id} (temperature=1)`, 1],
    ]);
  });

  it('leaves a CSV out that lies beside the JSON of its evaluation', async () => {
    const files = {
      'sums.csv': csv(...rows),
      'sums.json': evaluation([result(1, 'great')]),
      'other.csv': csv(...rows),
    };
    const { scores, dropped, details } = await imported(promptfooImporter, files);
    assert.equal(scores.length, 3);
    assert.deepEqual(dropped, { repeated: 1, failed: 1, unscored: 1 });
    assert.ok(details.includes('repeated sums.csv: read from sums.json'));
  });
});
