// Imports exports of tracing tools: Langfuse and LangSmith.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { langfuseImporter } from '../../../dist/importing/sources/langfuse.js';
import { langSmithImporter } from '../../../dist/importing/sources/langsmith.js';
import { questionIn } from '../../../dist/importing/traces.js';
import { claimed, imported, lines, refuses } from './fixtures.mjs';

const rows = ({ scores, samples }) =>
  scores.map(({ sample, model, metric, value }) => [
    samples[sample].dataset,
    samples[sample].prompt,
    model,
    metric,
    value,
  ]);

describe('the question of a trace', () => {
  for (const [what, input, expected] of [
    ['a text', 'Which way?', 'Which way?'],
    [
      'messages',
      [
        { role: 'system', content: 's' },
        { role: 'user', content: 'Which way?' },
      ],
      'Which way?',
    ],
    ['an object with messages', { messages: [{ role: 'user', content: 'Which way?' }], k: 1 }, 'Which way?'],
    ['a list of lists of messages', { messages: [[{ role: 'user', content: 'Which way?' }]] }, 'Which way?'],
    ['a usual name', { question: 'Which way?', context: 'long' }, 'Which way?'],
    ['the only text', { topic: 'Which way?', n: 3 }, 'Which way?'],
    ['JSON in a text', '{"query":"Which way?"}', 'Which way?'],
    ['a text that only looks like JSON', '{Which way?', '{Which way?'],
    ['nothing', { a: 'x', b: 'y' }, undefined],
    ['blanks', '  ', undefined],
  ]) {
    it(`is found in ${what}`, () => assert.equal(questionIn(input), expected));
  }

  it('is not looked for without end', () => {
    let deep = 'q';
    for (let i = 0; i < 1000; ++i) deep = { input: deep };
    assert.equal(questionIn(deep), undefined);
  });
});

describe('Langfuse', () => {
  const trace = (id, more) => ({
    id,
    name: 'help desk',
    timestamp: '2026-03-01',
    sessionId: null,
    public: false,
    bookmarked: false,
    input: { question: `Where is gate ${id}?` },
    ...more,
  });
  const call = (traceId, model, more) => ({
    id: `o${traceId}`,
    traceId,
    type: 'GENERATION',
    startTime: 's',
    parentObservationId: null,
    model,
    input: 'i',
    usageDetails: { input: 9, output: 2, total: 11 },
    calculatedTotalCost: 0.5,
    level: 'DEFAULT',
    ...more,
  });
  const score = (traceId, value, more) => ({
    id: `s${traceId}${value}`,
    traceId,
    name: 'helpful',
    value,
    dataType: 'NUMERIC',
    source: 'ANNOTATION',
    ...more,
  });
  const FILES = {
    'traces.json': { data: [trace('a'), trace('b'), trace('unscored')], meta: {} },
    'observations.jsonl': lines(call('a', 'little'), call('b', 'great'), call('b', undefined)),
    'scores.json': [score('a', 0.5), score('b', 1)],
  };

  it('is recognised by the keys of its records', async () => {
    const others = { 'x.json': [{ id: 1, name: 'n', value: 2 }], 'y.csv': 'traceId,note\na,b\n' };
    assert.deepEqual(await claimed(langfuseImporter, { ...FILES, ...others }), Object.keys(FILES).sort());
  });

  it('joins scores with the traces and the calls of models', async () => {
    const record = await imported(langfuseImporter, FILES);
    assert.deepEqual(rows(record), [
      ['help desk', 'Where is gate a?', 'little', 'helpful', 0.5],
      ['help desk', 'Where is gate b?', 'great', 'helpful', 1],
    ]);
    assert.deepEqual(record.scores[0].answer, { costUsd: 0.5, tokensIn: 9, tokensOut: 2, repeats: true });
  });

  it('reads the names of an export to a bucket, as CSV, and traces in full', async () => {
    const csv = 'id,trace_id,name,value,data_type,source\n1,a,helpful,1,BOOLEAN,API\n';
    const observations = lines({
      id: 'o',
      trace_id: 'a',
      type: 'GENERATION',
      start_time: 's',
      provided_model_name: 'little',
      input: '[{"role":"user","content":"Where?"}]',
      usage_details: '{"input":3,"output":1}',
      total_cost: '0.25',
    });
    const bucket = await imported(langfuseImporter, { 'scores.csv': csv, 'observations.jsonl': observations });
    assert.deepEqual(rows(bucket), [['langfuse', 'Where?', 'little', 'helpful', 1]]);
    assert.deepEqual(bucket.scores[0].answer, { costUsd: 0.25, tokensIn: 3, tokensOut: 1, repeats: true });
    const full = trace('a', { observations: [call('a', 'little')], scores: [score('a', 1)] });
    assert.deepEqual(rows(await imported(langfuseImporter, { 't.json': full })), [
      ['help desk', 'Where is gate a?', 'little', 'helpful', 1],
    ]);
  });

  it('takes categories that say right or wrong, and counts what cannot be used', async () => {
    const word = (id, text) => score(id, null, { id: text, dataType: 'CATEGORICAL', stringValue: text });
    const record = await imported(langfuseImporter, {
      ...FILES,
      'observations.jsonl': lines(call('a', 'little'), call('b', 'great', { level: 'ERROR' })),
      'scores.json': [word('a', 'Correct'), word('a', 'wrong'), score('b', 1), score('gone', 1), score(null, 1)],
    });
    assert.deepEqual(
      record.scores.map(({ value }) => value),
      [1, 0],
    );
    assert.deepEqual(record.dropped, { failed: 1, incomplete: 2 });
    await refuses(langfuseImporter, { 'traces.json': FILES['traces.json'] }, 'invalid_argument', /without scores/);
  });
});

describe('LangSmith', () => {
  const run = (id, more) => ({
    id,
    trace_id: id,
    name: 'desk',
    run_type: 'chain',
    inputs: { question: `Where is gate ${id}?` },
    ...more,
  });
  const call = (id, trace, model, more) =>
    run(id, {
      trace_id: trace,
      parent_run_id: trace,
      run_type: 'llm',
      extra: { metadata: { ls_model_name: model } },
      prompt_tokens: 9,
      completion_tokens: 2,
      total_tokens: 11,
      total_cost: 0.5,
      ...more,
    });
  const scored = (avg) => ({ feedback_stats: { correctness: { n: 1, avg }, note: { n: 0, avg: null } } });

  it('is recognised by the keys of runs and feedback, and the path of a bulk export', async () => {
    const contents = {
      'runs.jsonl': lines(run('a')),
      'feedback.json': [{ id: 'f', run_id: 'a', key: 'k', score: 1 }],
      'b/export_id=1/tenant_id=2/session_id=3/runs/year=2026/part.parquet': 'PAR1',
    };
    const others = { 'x.jsonl': lines({ run_type: 'llm' }), 'part.parquet': 'PAR1' };
    assert.deepEqual(
      (await claimed(langSmithImporter, { ...contents, ...others })).sort(),
      Object.keys(contents).sort(),
    );
  });

  it('has the feedback on a trace, its example, and the model of its calls', async () => {
    const record = await imported(langSmithImporter, {
      'little.jsonl': lines(run('a', { reference_example_id: 'e1', ...scored(0) }), call('c', 'a', 'little')),
      'great.jsonl': lines(run('b', { reference_example_id: 'e1', ...scored(1) }), call('d', 'b', 'great')),
    });
    assert.deepEqual(
      record.scores.map(({ key, model, metric, value }) => [key, model, metric, value]),
      [
        ['e1', 'great', 'correctness', 1],
        ['e1', 'little', 'correctness', 0],
      ],
    );
    assert.deepEqual(record.scores[0].answer, { costUsd: 0.5, tokensIn: 9, tokensOut: 2, repeats: true });
  });

  it('takes feedback from a file of its own, once', async () => {
    const record = await imported(langSmithImporter, {
      'runs.jsonl': lines(
        run('a', scored(1)),
        call('c', 'a', 'little'),
        run('b'),
        run('e', { error: 'x' }),
        call('f', 'e', 'm'),
      ),
      'feedback.jsonl': lines(
        { id: '1', run_id: 'a', key: 'correctness', score: 1 },
        { id: '2', run_id: 'b', key: 'correctness', score: 1 },
        { id: '3', run_id: 'e', key: 'correctness', score: 1 },
      ),
    });
    assert.deepEqual(rows(record), [['desk', 'Where is gate a?', 'little', 'correctness', 1]]);
    assert.deepEqual(record.dropped, { incomplete: 1, failed: 1 });
  });

  it('names a system by all models that it asks, and says if there is no feedback', async () => {
    const both = lines(run('a', scored(1)), call('c', 'a', 'little'), call('d', 'a', 'great'));
    const { scores } = await imported(langSmithImporter, { 'runs.jsonl': both });
    assert.deepEqual([scores[0].model, scores[0].answer.tokensIn], ['great + little', 18]);
    await refuses(langSmithImporter, { 'runs.jsonl': lines(run('a')) }, 'invalid_argument', /without feedback/);
  });
});
