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

  it('reads what spreadsheets write', async () => {
    const forms = {
      'words.csv': 'dataset,id,prompt,a,b\nd,1,one,TRUE,0.5\nd,2,two,no,\n',
      'semicolons.csv': 'dataset;id;prompt;a;b\nd;1;one;1,000;0,5\nd;2;two;0,000;\n',
      'tabs.csv': 'dataset\tid\tprompt\ta\tb\nd\t1\tone\tTrue\t,5\nd\t2\ttwo\tFALSE\t\n',
      'commas.tsv': 'dataset,id,prompt,a,b\nd,1,one,yes,"0,5"\nd,2,two,No,\n',
      'header.csv': 'Dataset, ID , Prompt,a, b\nd , 1,one,1,0.5\nd, 2 ,two,0, \n',
      'upper.jsonl': lines(
        { DATASET: 'd', Id: 1, PROMPT: 'one', a: 'TRUE', b: '0,5' },
        { DATASET: 'd', Id: 2, PROMPT: 'two', a: 'False', b: 'N/A' },
      ),
      'marks.csv': 'dataset,id,prompt,a,b\nd,1,one,1,0.5\nd,2,two,0,-\n',
      'cleared.csv': 'dataset;id;prompt;a;b;;\nd;1;one;1;0,5;;\n;;;;;;\nd;2;two;0;;;\n;;;;;;\n',
      'null.csv': 'dataset,id,prompt,a,b\nd,1,one,1,0.5\nd,2,two,0,NULL\n',
    };
    for (const [name, text] of Object.entries(forms)) {
      const record = await imported(wideImporter, { [name]: text });
      assert.deepEqual(scoreLines(record), expected, name);
      assert.deepEqual(
        record.samples.map(({ prompt }) => prompt),
        ['one', 'two'],
        name,
      );
      assert.equal((await detect(inputFiles({ [name]: text }), undefined)).groups[0].importer.source, 'wide', name);
    }
  });

  it('does not choose between a decimal comma and thousands', async () => {
    const score = 'prompt,a\nq,1\np,"1,000"\n';
    await refuses(wideImporter, { 'r.csv': score }, 'invalid_argument', /line 3: got '1,000' in column 'a', .*decimal/);
    const long = 'prompt\tmodel\tscore\nq\tm\t1,000\n';
    await refuses(
      longImporter,
      { 'r.tsv': long },
      'invalid_argument',
      /line 2: got '1,000' in column 'score', .*decimal/,
    );
    const text = 'prompt,a,a|tokens_in\nq,1,"1,234"\n';
    await refuses(wideImporter, { 'r.csv': text }, 'invalid_argument', /line 2: got '1,234' in column 'a\|tokens_in'/);
  });

  it('keeps NaN and infinity for the count of bad cells', async () => {
    const { scores } = await imported(wideImporter, { 'r.csv': 'prompt,a\nq,1\np,NaN\no,-inf\n' });
    assert.deepEqual(
      scores.map(({ value }) => value),
      [1, Number.NaN, Number.POSITIVE_INFINITY],
    );
    // Neither shows that a column has scores.
    await refuses(wideImporter, { 'r.csv': 'prompt,a\nq,nan\np,fine\n' }, 'invalid_argument', /line 3: got 'fine'/);
    await refuses(wideImporter, { 'r.csv': 'prompt,a\nq,n/a\np,fine\n' }, 'invalid_argument', /line 3: got 'fine'/);
  });

  for (const name of [
    '',
    'Unnamed: 0',
    'Unnamed: 0.1',
    '__index_level_1__',
    'level_0',
    'Index',
    'row_nr',
    'Row.names',
    'Nr',
    '...1',
  ]) {
    it(`takes no model from a column of row numbers, '${name}'`, async () => {
      const rows = Array.from({ length: 3 }, (_, i) => `${i},d,${i},prompt ${i},1`);
      const record = await imported(wideImporter, { 'r.csv': `${name},dataset,id,prompt,a\n${rows.join('\n')}\n` });
      assert.deepEqual(scoreLines(record), ['d/0 a score=1', 'd/1 a score=1', 'd/2 a score=1']);
    });
  }

  it('reads two columns without a name', async () => {
    const record = await imported(wideImporter, { 'r.csv': ',,prompt,id,a\n0,0,q,1,1\n' });
    assert.deepEqual(scoreLines(record), ['r/1 a score=1']);
  });

  it('keeps all digits of integers as ids', async () => {
    const ids = ['9007199254740993', '9007199254740992', '12345678901234567890', '12345678901234567891'];
    const rows = ids.map((id) => `{"dataset":"d","id":${id},"prompt":"q","a":1,"a|tokens_in":7}`);
    const expectedIds = ids.map((id) => `d/${id} a score=1`).sort();
    const json = await imported(wideImporter, { 'r.jsonl': rows.join('\n') });
    assert.deepEqual(scoreLines(json), expectedIds);
    assert.equal(json.scores[3].answer.tokensIn, 7);
    const columns = [
      { name: 'id', data: ids.slice(0, 2).map(BigInt), type: 'INT64' },
      { name: 'dataset', data: ['d', 'd'], type: 'STRING' },
      { name: 'prompt', data: ['q', 'p'], type: 'STRING' },
      { name: 'a', data: [1n, 1n], type: 'INT64' },
    ];
    const parquet = new Uint8Array(parquetWriteBuffer({ columnData: columns }));
    assert.deepEqual(scoreLines(await imported(wideImporter, { 'r.parquet': parquet })), [
      'd/9007199254740992 a score=1',
      'd/9007199254740993 a score=1',
    ]);
    const rounded = 'id;prompt;a\n1,23457E+19;q;1\n';
    await refuses(wideImporter, { 'r.csv': rounded }, 'invalid_argument', /line 2: got the id '1,23457E\+19'/);
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

  it('finds keys in later lines of JSON, and goes by the exact name', async () => {
    const record = await imported(wideImporter, {
      'r.jsonl': lines({ PROMPT: 'q', a: 1 }, { Prompt: 'x', ID: '7', a: 0 }, { prompt: 'p', Dataset: 'd', a: 1 }),
    });
    assert.deepEqual(
      record.samples.map(({ dataset, id, prompt }) => [dataset, id.length, prompt]),
      [
        ['r', 12, 'q'],
        ['r', 1, undefined],
        ['d', 12, 'p'],
      ],
    );
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
    [
      'a defect long before the last row',
      { 'r.csv': `prompt,a\nq,text\n${'q,1\n'.repeat(40)}` },
      'invalid_argument',
      /r\.csv, line 2: got 'text' in column 'a'/,
    ],
    ['two columns with one name', { 'r.csv': 'prompt,a,a\nq,1,1\n' }, 'invalid_argument', /two columns 'a'/],
    ['no prompt', { 'r.csv': 'id,a\n1,1\n' }, 'invalid_argument', /no column 'prompt'/],
    ['no model', { 'r.csv': 'prompt,id\nq,1\n' }, 'invalid_argument', /no column is a model/],
    [
      'a percentage',
      { 'r.csv': 'prompt,a\nq,0.5\np,85 %\n' },
      'invalid_argument',
      /r\.csv, line 3: got '85 %' in column 'a', expected a number: write 85 with the range 0,100/,
    ],
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
    assert.equal((await detect(files, undefined)).groups[0].importer.source, 'wide');
    assert.deepEqual(
      (await imported(wideImporter, { 'r.parquet': bytes })).scores.map(({ model, value }) => [model, value]),
      [['m', 0.25]],
    );
  });

  it('is read from a spreadsheet', async () => {
    const record = await imported(longImporter, {
      'r.csv': 'Dataset;ID;Prompt;Model; Score ;Cost\nd;1;q;m ;0,25;0,5\nd;1;q;n;FALSE;\n',
    });
    assert.deepEqual(scoreLines(record), ['d/1 m score=0.25', 'd/1 n score=0']);
    assert.equal(record.scores[0].answer.costUsd, 0.5);
    await refuses(
      longImporter,
      { 'r.csv': 'prompt,model,score\nq,m,85%\n' },
      'invalid_argument',
      /r\.csv, line 2: got '85%' in column 'score'/,
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
