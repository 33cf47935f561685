// Imports logs of inspect_ai, valid and hostile.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspectImporter } from '../../../dist/importing/sources/inspect.js';
import { refused } from '../support/fixtures.mjs';
import { claimed, imported, scoreLines, withClaimedSize, zip, zstdBomb, zstdRaw } from './fixtures.mjs';

const refusedBy = (importer, contents, pattern, code = 'invalid_argument') =>
  refused(imported(importer, contents), code, pattern);
const own = (text) => JSON.parse(text);

describe('logs of inspect_ai', () => {
  const spec = (model = 'lab/m') => ({ task: 'pack/toys', model, created: '2025-01-01' });
  const sample = (id, value, more = {}) => ({
    id,
    epoch: 1,
    input: `Ask ${id}?`,
    target: 'x',
    scores: { match: { value } },
    ...more,
  });
  const log = (samples, more = {}) => ({ version: 2, status: 'success', eval: spec(), plan: {}, samples, ...more });
  const read = (samples, more) => imported(inspectImporter, { 'logs/a.json': log(samples, more) });
  const archive = (samples, method, header = { version: 2, status: 'success', eval: spec() }) =>
    zip(
      ['_journal/start.json', { version: 2, eval: spec() }, method],
      ...samples.map((one) => [`samples/${one.id}_epoch_${one.epoch}.json`, { events: [], ...one }, method]),
      ['summaries.json', [], method],
      ['reductions.json', [], method],
      ['header.json', header, method],
    );

  it('have grades, numbers, flags and dictionaries as scores', async () => {
    const values = ['C', 'I', 'P', 'N', 0.25, true, '0.75', 'yes', 'seven', null, { a: 'C', b: 2 }, [1, 2]];
    const record = await read(values.map((value, i) => sample(i, value)));
    assert.deepEqual(
      record.scores.map(({ key, metric, value }) => `${key} ${metric}=${value}`),
      [
        '0 match=1',
        '1 match=0',
        '2 match=0.5',
        '3 match=0',
        '4 match=0.25',
        '5 match=1',
        '6 match=0.75',
        '7 match=1',
        '8 match=seven',
        '9 match=null',
        '10 match/a=1',
        '10 match/b=2',
      ],
    );
    assert.deepEqual(record.dropped, { no_score: 1 });
  });

  it('are joined over models, gzipped or not, for any order of the logs', async () => {
    const { samples, ...rest } = log([sample(1, 'C')]);
    const record = await imported(inspectImporter, {
      'logs/a.json': { samples, ...rest },
      'logs/b.json.gz': log([sample('1', 'I')], { eval: spec('lab/n'), status: 'error' }),
      'logs/logs.json': { 'a.json': rest },
    });
    assert.deepEqual(scoreLines(record), ['pack/toys/1 lab/m match=1', 'pack/toys/1 lab/n match=0']);
  });

  it('average epochs and tokens, and skip null', async () => {
    const used = (input_tokens) => ({
      model_usage: { 'lab/m': { input_tokens, output_tokens: 5 }, judge: { input_tokens: 99 } },
    });
    const record = await read([
      sample('a', 'C', used(10)),
      sample('a', 'I', { epoch: 2, ...used(20) }),
      sample('a', null, { epoch: 3 }),
      sample('a', 'C', { epoch: 4, error: { message: 'timeout' } }),
      sample('b', 'C', { scores: null }),
    ]);
    assert.deepEqual(scoreLines(record), ['pack/toys/a lab/m match=0.5']);
    const { tokensIn, tokensOut, costUsd, repeats } = record.scores[0].answer;
    assert.deepEqual([tokensIn, tokensOut, costUsd, repeats], [15, 5, undefined, true]);
    assert.deepEqual(record.dropped, { failed: 1, unscored: 1 });
  });

  it('have the prompt in messages, and NaN for a missing value', async () => {
    const input = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'First?' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'attachment://f00' },
          { type: 'image', image: 'x' },
        ],
      },
    ];
    const record = await read([
      sample(1, 'C', { input, attachments: { f00: 'Second?' } }),
      sample(2, 'C', { input: null }),
    ]);
    assert.deepEqual(
      record.samples.map(({ prompt }) => prompt),
      ['First?\nSecond?', undefined],
    );
    const text = JSON.stringify(log([sample(1, 77)])).replace('77', 'NaN');
    assert.equal((await imported(inspectImporter, { 'a.json': text })).scores[0].value, null);
  });

  it('are read the same for any end of a piece of the file', async () => {
    // Pieces are 1 MiB: the padding puts the minus sign at the end of the first piece.
    const [before, after] = JSON.stringify(log([sample(1, 'HERE')])).split('"HERE"');
    const text = `${before}${' '.repeat(2 ** 20 - before.length - 1)}-Infinity${after}`;
    assert.equal((await imported(inspectImporter, { 'a.json': text })).scores[0].value, null);
  });

  it('are claimed by their first bytes', async () => {
    const mine = {
      'a.json': log([]),
      'b.eval': '',
      'logs.json': { a: { eval: {} } },
      'c.json': '{"version": 2, "eval": {"task": "x',
    };
    const others = { 'd.json': { eval: 1 }, 'e.json': { data: { eval: {} } }, 'f.jsonl': '{"version":2,"eval":{}}' };
    assert.deepEqual(await claimed(inspectImporter, { ...mine, ...others }), Object.keys(mine).sort());
  });

  it('are read from stored, deflated and zstd archives', async () => {
    for (const method of ['stored', 'deflate', 'zstd']) {
      const bytes = await archive([sample('a/b', 'C'), sample('c', 'I'), sample('c', 'C', { epoch: 2 })], method);
      const record = await imported(inspectImporter, { 'logs/x.eval': bytes });
      assert.deepEqual(scoreLines(record), ['pack/toys/a/b lab/m match=1', 'pack/toys/c lab/m match=0.5'], method);
    }
  });

  it('are read from an unfinished archive', async () => {
    const bytes = await zip(
      ['_journal/start.json', { version: 2, eval: spec() }],
      ['samples/1_epoch_1.json', sample(1, 'C')],
    );
    assert.equal((await imported(inspectImporter, { 'x.eval': bytes })).scores.length, 1);
    const headless = await zip(['samples/1_epoch_1.json', sample(1, 'C')]);
    await refusedBy(inspectImporter, { 'x.eval': headless }, /x\.eval: no object at 'eval'/);
  });

  it('never use the names of members as paths', async () => {
    const header = ['header.json', { status: 'success', eval: spec() }];
    for (const name of ['../../etc/x.json', 'samples/../../../etc/y_epoch_1.json', '/etc/passwd']) {
      const bytes = await zip(header, [name, sample('x', 'C')]);
      await refusedBy(inspectImporter, { 'x.eval': bytes }, /x\.eval: .*Unsafe filename/);
    }
    const odd = await zip(header, ['samples/__proto__/..hidden_epoch_1.json', sample('../../z', 'C')]);
    assert.deepEqual(scoreLines(await imported(inspectImporter, { 'x.eval': odd })), [
      'pack/toys/../../z lab/m match=1',
    ]);
  });

  it('are refused if members are bombs', async () => {
    const header = ['header.json', { status: 'success', eval: spec() }];
    const deflated = await zip(header, ['samples/a_epoch_1.json', ' '.repeat(2 ** 26 + 1)]);
    await refusedBy(
      inspectImporter,
      { 'x.eval': deflated },
      /x\.eval!samples\/a_epoch_1\.json: .*times/,
      'size_overflow',
    );
    const lying = withClaimedSize(deflated, 'samples/a_epoch_1.json', 100);
    await refusedBy(inspectImporter, { 'x.eval': lying }, /x\.eval: .*size/);
    const bomb = zstdBomb(600);
    for (const claimedBytes of [600 * 2 ** 17, 100]) {
      const bytes = await zip(header, ['samples/a_epoch_1.json', bomb, 'zstd', claimedBytes]);
      await refusedBy(inspectImporter, { 'x.eval': bytes }, /x\.eval!samples\/a_epoch_1\.json/, 'size_overflow');
    }
  });

  it('are refused if an archive or a member is truncated', async () => {
    const bytes = await archive([sample('a', 'C')], 'deflate');
    for (const length of [0, 3, 30, bytes.length >> 1, bytes.length - 1]) {
      await refusedBy(inspectImporter, { 'x.eval': bytes.subarray(0, length) }, /x\.eval/);
    }
    await refusedBy(inspectImporter, { 'x.eval': 'no archive' }, /x\.eval: not a readable zip archive/);
    const packed = zstdRaw(JSON.stringify(sample('a', 'C')));
    const cut = await zip(
      ['header.json', { eval: spec() }],
      ['samples/a_epoch_1.json', packed.subarray(0, -9), 'zstd', 90],
    );
    await refusedBy(inspectImporter, { 'x.eval': cut }, /x\.eval!samples\/a_epoch_1\.json/);
    const half = await zip(['header.json', { eval: spec() }], ['samples/a_epoch_1.json', '{"id": "a", "sc']);
    await refusedBy(inspectImporter, { 'x.eval': half }, /x\.eval!samples\/a_epoch_1\.json: not JSON/);
    const damaged = bytes.slice();
    damaged[60] ^= 0xff;
    await refusedBy(inspectImporter, { 'x.eval': damaged }, /x\.eval/);
  });

  it('are refused if a field has another type', async () => {
    const cases = [
      [log([5]), /a\.json, sample 0: the sample is not an object, got the number 5/],
      [log([sample(1, 'C'), sample(undefined, 'C')]), /sample 1: no text at 'id', got nothing/],
      [log([sample({}, 'C')]), /no text at 'id', got an object/],
      [log([sample(1, 'C', { input: 5 })]), /'input', got the number 5/],
      [log([sample(1, 'C', { scores: [] })]), /'scores' is not an object, got a list/],
      [log([sample(1, 'C', { scores: { match: 'C' } })]), /'scores\.match' is not an object, got a text/],
      [log([sample(1, 'C')], { eval: 5 }), /a\.json: 'eval' is not an object/],
      [log([sample(1, 'C')], { eval: undefined }), /a\.json: no object at 'eval'/],
      [log([sample(1, 'C')], { eval: { model: 'm' } }), /no text at 'eval\.task'/],
      [log([sample(1, 'C')], { eval: { task: 't', model: [] } }), /'model', got a list/],
      [log([]), /no entry in 'samples'.*--no-log-samples/],
      [JSON.stringify(log([sample(1, 'C')])).slice(0, -3), /a\.json: not JSON: it ends early/],
      ['', /a\.json: not JSON/],
      ['{"eval": {]', /a\.json: not JSON/],
      [Uint8Array.of(0x7b, 0xff), /a\.json: not UTF-8/],
    ];
    for (const [content, pattern] of cases) await refusedBy(inspectImporter, { 'a.json': content }, pattern);
    assert.deepEqual((await read([], { status: 'error' })).dropped, { incomplete: 1 });
  });

  it('treat names such as __proto__ as plain names', async () => {
    const scores = own('{"__proto__": {"value": {"__proto__": "C"}}}');
    const record = await read(
      [sample('__proto__', 'C', { scores, model_usage: own('{"__proto__": {"input_tokens": 4}}') })],
      {
        eval: spec('__proto__'),
      },
    );
    assert.deepEqual(scoreLines(record), ['pack/toys/__proto__ __proto__ __proto__/__proto__=1']);
    assert.equal(record.scores[0].answer.tokensIn, 4);
    const text = JSON.stringify(log([])).replace('"samples":[]', '"samples":[{"__proto__":{"id":1}}]');
    await refusedBy(inspectImporter, { 'a.json': text }, /sample 0: no text at 'id'/);
  });

  it('stop on an abort', async () => {
    const signal = AbortSignal.abort('enough');
    for (const contents of [
      { 'a.json': log([sample(1, 'C')]) },
      { 'a.eval': await archive([sample(1, 'C')], 'deflate') },
    ]) {
      await refused(imported(inspectImporter, contents, { signal }), 'aborted');
    }
  });
});
