// Imports the plain tables, wide and long: their exact shapes, and hostile ones.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { detect } from '../../../dist/importing/detect.js';
import { longImporter } from '../../../dist/importing/sources/long.js';
import { wideImporter } from '../../../dist/importing/sources/wide.js';
import { imported, inputFiles, lines, refuses, scoreLines } from './fixtures.mjs';

const PARQUET = Buffer.from(
  parquetWriteBuffer({
    columnData: [
      { name: 'dataset', data: ['d', 'd'], type: 'STRING' },
      { name: 'id', data: ['1', '2'], type: 'STRING' },
      { name: 'prompt', data: ['one', 'two'], type: 'STRING' },
      { name: 'm', data: [1, 0], type: 'INT32' },
      {
        name: 'embedding',
        data: [
          [1, 2],
          [3, 4],
        ],
      },
    ],
  }),
);

describe('the wide form', () => {
  const expected = ['d/1 a score=1', 'd/1 b score=0.5', 'd/2 a score=0', 'd/2 b score=null'];
  const CSV = 'dataset,id,prompt,a,b\nd,1,one,1,0.5\nd,2,"two\nlines, ""quoted""",0,\n';

  it('is read equally from CSV, TSV, JSONL and their gzip', async () => {
    const forms = {
      'r.csv': CSV,
      'bom.csv': `\ufeff${CSV}`,
      'r.csv.gz': CSV,
      'crlf.csv': CSV.replaceAll('\n', '\r\n'),
      'r.tsv': 'dataset\tid\tprompt\ta\tb\nd\t1\tone\t1\t0.5\nd\t2\ttwo\t0\t\n',
      'r.jsonl': lines(
        { dataset: 'd', id: 1, prompt: 'one', a: 1, b: 0.5 },
        { dataset: 'd', id: 2, prompt: 'two', a: 0, b: null },
      ),
    };
    for (const [name, text] of Object.entries(forms)) {
      const record = await imported(wideImporter, { [name]: text });
      assert.deepEqual(scoreLines(record), expected, name);
      assert.deepEqual(
        record.samples.map(({ row }) => row),
        [0, 1],
        name,
      );
    }
    const { samples } = await imported(wideImporter, { 'r.csv': CSV });
    assert.equal(samples[1].prompt, 'two\nlines, "quoted"');
    assert.deepEqual(samples[1].place, { file: 'r.csv', line: 4 });
  });

  it('is read from Parquet with its embeddings, in parts', async () => {
    const record = await imported(wideImporter, { 'part-0.parquet': PARQUET, 'part-1.parquet': PARQUET });
    assert.deepEqual(scoreLines(record), ['d/1 m score=1', 'd/1 m score=1', 'd/2 m score=0', 'd/2 m score=0']);
    assert.deepEqual([...record.samples[1].embedding], [3, 4]);
  });

  it('needs no dataset and id: the file name and the prompt replace them', async () => {
    const { samples } = await imported(wideImporter, {
      'x/sums.csv.gz': 'prompt,a\nq,1\n',
      'x/words.csv': 'prompt,a\nq,0\n',
    });
    assert.deepEqual(
      samples.map(({ dataset }) => dataset),
      ['sums', 'words'],
    );
    assert.equal(samples[0].key, samples[1].key);
    assert.equal(samples[0].id, samples[0].key.slice(0, 12));
    assert.equal(samples[1].row, 1, 'rows are numbered over all files');
  });

  it('reads columns of answer, and ignores answers, targets and indexes', async () => {
    const header = ',dataset,id,prompt,answer,a,a|model_response,a|cost_usd,a|tokens_in,a|tokens_out,split';
    const { scores } = await imported(wideImporter, { 'r.csv': `${header}\n0,d,1,q,42,True,text,0.001,10,20,test\n` });
    assert.deepEqual(
      scores.map(({ model, value, answer }) => [model, value, answer]),
      [['a', 1, { costUsd: 0.001, tokensIn: 10, tokensOut: 20 }]],
    );
  });

  it('refuses a column of text, and counts a text among numbers as one bad cell', async () => {
    await refuses(
      wideImporter,
      { 'r.csv': 'prompt,a,remark\nq,1,fine\n' },
      'invalid_argument',
      /^r\.csv, line 2: got 'fine' in column 'remark', expected the score of a model/,
    );
    const { scores } = await imported(wideImporter, { 'r.csv': 'prompt,a\nq,1\np,oops\n' });
    assert.equal(scores[1].value, 'oops');
  });

  it('finds models that occur only in later lines of JSON', async () => {
    const record = await imported(wideImporter, {
      'r.jsonl': lines({ id: '1', dataset: 'd', prompt: 'q', a: 1 }, { id: '2', dataset: 'd', prompt: 'p', b: 0 }),
    });
    assert.deepEqual(scoreLines(record), ['d/1 a score=1', 'd/2 b score=0']);
  });

  it('accepts any name from a file, such as prototypes and formulas', async () => {
    const record = await imported(wideImporter, {
      'r.csv': 'dataset,id,prompt,__proto__,constructor,=cmd()\n__proto__,toString,q,1,0,1\n',
      's.jsonl': '{"dataset":"d","id":"1","prompt":"q","__proto__":1}',
    });
    assert.deepEqual(scoreLines(record), [
      '__proto__/toString =cmd() score=1',
      '__proto__/toString __proto__ score=1',
      '__proto__/toString constructor score=0',
      'd/1 __proto__ score=1',
    ]);
    assert.equal({}.polluted, undefined);
  });

  for (const [what, contents, code, pattern] of [
    [
      'a row that is too short',
      { 'r.csv': 'prompt,a\nq,1\nq\n' },
      'invalid_argument',
      /r\.csv, line 3: got 1 cells, expected 2/,
    ],
    [
      'a quote that is never closed',
      { 'r.csv': 'prompt,a\n"q,1\n' },
      'invalid_argument',
      /r\.csv, line \d+: .*[Qq]uote/,
    ],
    ['two columns with one name', { 'r.csv': 'prompt,a,a\nq,1,1\n' }, 'invalid_argument', /two columns 'a'/],
    ['no prompt', { 'r.csv': 'id,a\n1,1\n' }, 'invalid_argument', /no column 'prompt'/],
    ['no model', { 'r.csv': 'prompt,id\nq,1\n' }, 'invalid_argument', /no column is a model/],
    ['an empty file', { 'r.csv': '' }, 'invalid_argument', /r\.csv: the file is empty/],
    [
      'bytes that are not UTF-8',
      { 'r.csv': Buffer.from('prompt,a\n\xff\xfe,1\n', 'latin1') },
      'invalid_argument',
      /r\.csv: not UTF-8/,
    ],
    [
      'truncated gzip',
      { 'r.csv': gzipSync('prompt,a\nq,1\n').subarray(0, 20) },
      'truncated',
      /r\.csv is not complete gzip/,
    ],
    [
      'a line that is not an object',
      { 'r.jsonl': '{"prompt":"q","a":1}\n[1]' },
      'invalid_argument',
      /r\.jsonl, line 2: .*not an object|r\.jsonl, line 2/,
    ],
    [
      'truncated Parquet',
      { 'r.parquet': PARQUET.subarray(0, PARQUET.length - 9) },
      'invalid_argument',
      /r\.parquet: not a readable Parquet file/,
    ],
    [
      'an invalid embedding',
      { 'r.jsonl': '{"prompt":"q","a":1,"embedding":["x"]}' },
      'invalid_argument',
      /r\.jsonl, line 1: .*embedding/,
    ],
  ]) {
    it(`refuses ${what} with file, line and reason`, () => refuses(wideImporter, contents, code, pattern));
  }
});

describe('the long form', () => {
  const row = (more) => ({ dataset: 'd', id: '1', prompt: 'q', model: 'm', score: 1, ...more });

  it('is read with its metrics and answer', async () => {
    const record = await imported(longImporter, {
      'r.jsonl': lines(
        row(),
        row({ model: 'n', score: false, metric: 'f1', cost: 0.5, prompt_tokens: 3, completion_tokens: 4 }),
      ),
      's.csv': 'task,prompt,model,score\nt,p,m,True\n',
    });
    assert.deepEqual(
      record.scores.map(({ dataset, model, metric, value, answer }) => [
        dataset,
        model,
        metric,
        value,
        answer?.costUsd,
      ]),
      [
        ['d', 'm', 'score', 1, undefined],
        ['d', 'n', 'f1', 0, 0.5],
        ['t', 'm', 'score', 1, undefined],
      ],
    );
  });

  it('is distinguished from the wide form in Parquet too', async () => {
    const column = (name, data, type = 'STRING') => ({ name, data, type });
    const bytes = Buffer.from(
      parquetWriteBuffer({
        columnData: [column('prompt', ['q']), column('model', ['m']), column('score', [0.25], 'DOUBLE')],
      }),
    );
    const files = inputFiles({ 'r.parquet': bytes });
    assert.equal((await detect(files, undefined)).importer.source, 'wide');
    assert.deepEqual(
      (await imported(wideImporter, { 'r.parquet': bytes })).scores.map(({ model, value }) => [model, value]),
      [['m', 0.25]],
    );
  });

  it('refuses rows without a model', () =>
    refuses(
      longImporter,
      { 'r.jsonl': lines(row(), row({ model: '' })) },
      'invalid_argument',
      /r\.jsonl, line 2: .*model/,
    ));
});
