// Imports sample logs of lm-evaluation-harness, valid and hostile.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lmEvalImporter } from '../../../dist/importing/sources/lm-eval.js';
import { refused } from '../support/fixtures.mjs';
import { claimed, imported, lines, scoreLines } from './fixtures.mjs';

const refusedBy = (importer, contents, pattern, code = 'invalid_argument') =>
  refused(imported(importer, contents), code, pattern);
const _own = (text) => JSON.parse(text);

describe('sample logs of lm-evaluation-harness', () => {
  const line = (doc_id, more = {}) => ({
    doc_id,
    doc: { question: 'unused' },
    target: 3,
    arguments: { gen_args_0: { arg_0: `Count to ${doc_id}.`, arg_1: {} } },
    filter: 'none',
    metrics: ['exact_match'],
    exact_match: 1,
    doc_hash: `h${doc_id}`,
    ...more,
  });
  const PATH = 'out/lab__small-7b/samples_counting_2024-07-01T12-30-00.123456.jsonl';
  const read = (...values) => imported(lmEvalImporter, { [PATH]: lines(...values) });

  it('are joined over models by the hash of the document', async () => {
    const record = await imported(lmEvalImporter, {
      [PATH]: lines(line(0), line(1, { exact_match: 0 })),
      'out/lab__large/samples_counting_2025-01-01T00-00-00.jsonl.gz': lines(
        line(9, { doc_hash: 'h1', exact_match: true }),
      ),
      'out/lab__large/results_2025-01-01T00-00-00.json': { results: {} },
    });
    assert.deepEqual(scoreLines(record), [
      'counting/h0 lab/small-7b exact_match=1',
      'counting/h1 lab/large exact_match=1',
      'counting/h1 lab/small-7b exact_match=0',
    ]);
    assert.equal(record.samples[0].prompt, 'Count to 9.');
    assert.deepEqual(record.samples[1].place, { file: PATH, line: 1 });
  });

  it('are claimed with their companions, and without files of other projects', async () => {
    const mine = { [PATH]: '', 'm/results_2024.json': '{\n "results": {', 'm/requests_x.jsonl': '{}' };
    const others = { 'm/results_a.json': '{"accuracy": 1}', 'm/x.jsonl': '{}', 'm/samples.jsonl': '{}' };
    assert.deepEqual(await claimed(lmEvalImporter, { ...mine, ...others }), Object.keys(mine).sort());
  });

  it('have a metric for every filter', async () => {
    const record = await read(
      line(0, { filter: 'strict-match', exact_match: 0 }),
      line(0, { filter: 'flexible-extract' }),
      line(0, {
        filter: undefined,
        metrics: ['acc', 'acc_norm', 'ppl', 'grade', 'absent'],
        acc: false,
        acc_norm: [0, -3],
        ppl: null,
        grade: 'A',
      }),
    );
    assert.deepEqual(scoreLines(record), [
      'counting/h0 lab/small-7b acc=0',
      'counting/h0 lab/small-7b exact_match,flexible-extract=1',
      'counting/h0 lab/small-7b exact_match,strict-match=0',
      'counting/h0 lab/small-7b grade=A',
      'counting/h0 lab/small-7b ppl=null',
    ]);
  });

  it('have metrics in older lines too, and lines without metrics are counted', async () => {
    const record = await read(line(0, { metrics: undefined, acc: 0.5, ctx_len: 80 }), line(1, { metrics: [] }));
    assert.deepEqual(scoreLines(record), [
      'counting/h0 lab/small-7b acc=0.5',
      'counting/h0 lab/small-7b exact_match=1',
    ]);
    assert.deepEqual(record.dropped, { no_score: 1 });
  });

  it('have prompts in every form, and keys without a hash', async () => {
    const chat = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'First?' },
      { role: 'assistant', content: 'Yes.' },
      { role: 'user', content: [{ type: 'text', text: 'Second?' }] },
    ];
    const prompt = (value) => ({ arguments: { gen_args_0: { arg_0: value } } });
    const record = await read(
      line(0, prompt(JSON.stringify(chat))),
      line(1, prompt([JSON.stringify(chat)])),
      line(2, {
        arguments: [
          ['Old form?', ' a'],
          ['Old form?', ' b'],
        ],
      }),
      line(3, { arguments: undefined, doc: { query: 'From the document?' } }),
      line(4, prompt('[{"role": broken')),
      line(5, { arguments: {}, doc: {} }),
      line(6, { doc_hash: undefined, prompt_hash: 'p6' }),
      line(7, { doc_hash: null }),
    );
    assert.deepEqual(
      record.samples.map((sample) => [sample.key, sample.prompt]),
      [
        ['h0', 'First?\nSecond?'],
        ['h1', 'First?\nSecond?'],
        ['h2', 'Old form?'],
        ['h3', 'From the document?'],
        ['h4', '[{"role": broken'],
        ['h5', undefined],
        ['p6', 'Count to 6.'],
        ['7', 'Count to 7.'],
      ],
    );
  });

  it('have NaN as a missing value', async () => {
    const record = await imported(lmEvalImporter, {
      [PATH]: JSON.stringify(line(0)).replace('"exact_match":1', '"exact_match":NaN'),
    });
    assert.deepEqual(scoreLines(record), ['counting/h0 lab/small-7b exact_match=null']);
  });

  it('are refused with the file and line', async () => {
    const refusedLine = (bad, pattern) => refusedBy(lmEvalImporter, { [PATH]: `${lines(line(0))}\n\n${bad}` }, pattern);
    const at = (reason) => new RegExp(`samples_counting.*, line 3: .*${reason}`);
    await refusedLine('{"doc_id": 1, ', at('not JSON'));
    await refusedLine('[]', at('not an object, got a list'));
    await refusedLine('7', at('not an object'));
    await refusedLine(lines(line(undefined)), at("'doc_id', got nothing"));
    await refusedLine(lines(line({})), at("'doc_id', got an object"));
    await refusedLine(lines(line(1, { doc_hash: 5 })), at("'doc_hash', got the number 5"));
    await refusedLine(lines(line(1, { filter: [] })), at("'filter', got a list"));
    await refusedLine(lines(line(1, { metrics: 'acc' })), at("'metrics', got a text"));
    await refusedLine(lines(line(1, { metrics: [1] })), at("'metrics', got a list"));
  });

  it('are refused if no folder names the model, or if they are not text', async () => {
    await refusedBy(lmEvalImporter, { 'samples_x.jsonl': lines(line(0)) }, /samples_x\.jsonl.*folder.*names the model/);
    await refusedBy(lmEvalImporter, { 'm/other.jsonl': lines(line(0)) }, /m\/other\.jsonl.*samples_<task>/);
    await refusedBy(lmEvalImporter, { [PATH]: Uint8Array.of(0x7b, 0xff) }, /samples_counting.*UTF-8/);
    assert.deepEqual((await imported(lmEvalImporter, { [PATH]: '' })).samples, []);
  });

  it('treat names such as __proto__ as plain names', async () => {
    const text =
      '{"__proto__": {"doc_id": 3, "polluted": 1}, "metrics": ["__proto__", "constructor", "acc"], "acc": 1, "doc_id": "__proto__"}';
    const record = await imported(lmEvalImporter, { 'constructor/samples___proto__.jsonl': text });
    assert.deepEqual(scoreLines(record), ['__proto__/__proto__ constructor acc=1']);
    await refusedBy(lmEvalImporter, { [PATH]: '{"__proto__": {"doc_id": 3}}' }, /line 1: no text at 'doc_id'/);
    assert.equal({}.polluted, undefined);
  });
});
