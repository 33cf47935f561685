// Importers of tables and lines: the exact shapes, hostile ones, and the real files where they are at hand.
import assert from 'node:assert/strict';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { createGunzip, gzipSync } from 'node:zlib';
import { parse } from 'csv-parse';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { detect } from '../../dist/importing/detect.js';
import { fileFromBytes } from '../../dist/importing/input-file.js';
import { parsePythonStrings } from '../../dist/importing/python-literal.js';
import { alpacaEvalImporter } from '../../dist/importing/sources/alpaca-eval.js';
import { llmRouterImporter } from '../../dist/importing/sources/llmrouter.js';
import { llmRouterBenchImporter } from '../../dist/importing/sources/llmrouterbench.js';
import { longImporter } from '../../dist/importing/sources/long.js';
import { mixInstructImporter } from '../../dist/importing/sources/mixinstruct.js';
import { routeLlmImporter } from '../../dist/importing/sources/routellm.js';
import { routerBenchImporter } from '../../dist/importing/sources/routerbench.js';
import { wideImporter } from '../../dist/importing/sources/wide.js';
import { randomFrom, root } from './fixtures.mjs';
import { imported, inputFiles, lines, scoreLines } from './importing-fixtures.mjs';

const refuses = (importer, contents, code, pattern) =>
  assert.rejects(imported(importer, contents), (error) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.message, pattern);
    return true;
  });

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

  it('is read from CSV, TSV, JSONL and their gzip alike', async () => {
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

  it('is read from Parquet with its embeddings, part by part', async () => {
    const record = await imported(wideImporter, { 'part-0.parquet': PARQUET, 'part-1.parquet': PARQUET });
    assert.deepEqual(scoreLines(record), ['d/1 m score=1', 'd/1 m score=1', 'd/2 m score=0', 'd/2 m score=0']);
    assert.deepEqual([...record.samples[1].embedding], [3, 4]);
  });

  it('does without dataset and id: the file names the one, the prompt is the other', async () => {
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

  it('takes figures for figures, and leaves answers, targets and indexes alone', async () => {
    const header = ',dataset,id,prompt,answer,a,a|model_response,a|cost_usd,a|tokens_in,a|tokens_out,split';
    const { scores } = await imported(wideImporter, { 'r.csv': `${header}\n0,d,1,q,42,True,text,0.001,10,20,test\n` });
    assert.deepEqual(
      scores.map(({ model, value, figures }) => [model, value, figures]),
      [['a', 1, { costUsd: 0.001, tokensIn: 10, tokensOut: 20 }]],
    );
  });

  it('asks about a column of text; a text among numbers is one bad cell', async () => {
    await refuses(
      wideImporter,
      { 'r.csv': 'prompt,a,remark\nq,1,fine\n' },
      'invalid_argument',
      /^r\.csv, line 2: got 'fine' in column 'remark', expected the score of a model/,
    );
    const { scores } = await imported(wideImporter, { 'r.csv': 'prompt,a\nq,1\np,oops\n' });
    assert.equal(scores[1].value, 'oops');
  });

  it('learns of models that only later lines of JSON name', async () => {
    const record = await imported(wideImporter, {
      'r.jsonl': lines({ id: '1', dataset: 'd', prompt: 'q', a: 1 }, { id: '2', dataset: 'd', prompt: 'p', b: 0 }),
    });
    assert.deepEqual(scoreLines(record), ['d/1 a score=1', 'd/2 a score=null', 'd/2 b score=0']);
  });

  it('takes names from files for names: prototypes, formulas, whatever', async () => {
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
      /r\.csv, line 3: 1 cells, the header has 2/,
    ],
    [
      'a quote that is never closed',
      { 'r.csv': 'prompt,a\n"q,1\n' },
      'invalid_argument',
      /r\.csv, line \d+: .*[Qq]uote/,
    ],
    ['two columns of one name', { 'r.csv': 'prompt,a,a\nq,1,1\n' }, 'invalid_argument', /two columns 'a'/],
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
      'gzip that was cut off',
      { 'r.csv': gzipSync('prompt,a\nq,1\n').subarray(0, 20) },
      'truncated',
      /r\.csv is not whole gzip/,
    ],
    [
      'a line that is no object',
      { 'r.jsonl': '{"prompt":"q","a":1}\n[1]' },
      'invalid_argument',
      /r\.jsonl, line 2: .*not an object|r\.jsonl, line 2/,
    ],
    [
      'Parquet that was cut off',
      { 'r.parquet': PARQUET.subarray(0, PARQUET.length - 9) },
      'invalid_argument',
      /r\.parquet: not a Parquet file/,
    ],
    [
      'an embedding that is none',
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

  it('is read with its metrics and figures', async () => {
    const record = await imported(longImporter, {
      'r.jsonl': lines(
        row(),
        row({ model: 'n', score: false, metric: 'f1', cost: 0.5, prompt_tokens: 3, completion_tokens: 4 }),
      ),
      's.csv': 'task,prompt,model,score\nt,p,m,True\n',
    });
    assert.deepEqual(
      record.scores.map(({ dataset, model, metric, value, figures }) => [
        dataset,
        model,
        metric,
        value,
        figures?.costUsd,
      ]),
      [
        ['d', 'm', 'score', 1, undefined],
        ['d', 'n', 'f1', 0, 0.5],
        ['t', 'm', 'score', 1, undefined],
      ],
    );
  });

  it('is told from the wide one also in Parquet', async () => {
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

describe('RouterBench', () => {
  const CSV = `,sample_id,prompt,eval_name,m/a,b,m/a|model_response,m/a|total_cost,b|total_cost,oracle_model_to_route_to
0,s.1,"['first part', ""it's the second""]",e,1.0,0.0,"['x']",0.001,0.002,m/a
`;

  it('gives models that have answers or costs beside them, and the strings of its prompts', async () => {
    const { samples, scores } = await imported(routerBenchImporter, { 'r.csv': CSV });
    assert.equal(samples[0].prompt, "first part\nit's the second");
    assert.deepEqual(
      scores.map(({ dataset, key, model, value, figures }) => [dataset, key, model, value, figures.costUsd]),
      [
        ['e', 's.1', 'm/a', 1, 0.001],
        ['e', 's.1', 'b', 0, 0.002],
      ],
    );
  });

  it('never opens a pickle, whatever its name, and gives the line that converts it', async () => {
    const pickle = Buffer.from([0x80, 4, 0x95, 0, 0]);
    for (const name of ['data/r 1.pkl', 'data/plain']) {
      const files = inputFiles({ [name]: pickle });
      const { importer, files: claimed } = await detect(files, undefined);
      const base = path.basename(name);
      await assert.rejects(importer.read(claimed, { sink: {} }), (error) => {
        assert.equal(error.code, 'invalid_argument');
        const line = `python -c "import pandas as pd; pd.read_pickle('${base}').to_csv('${base}.csv', index=False)"`;
        assert.ok(error.message.includes(line), error.message);
        assert.match(error.message, /can run code and is never opened/);
        return true;
      });
    }
    await refuses(
      routerBenchImporter,
      { "x'); import os #.pkl": pickle },
      'invalid_argument',
      /read_pickle\('x\\u0027\\u0029\\u003b import os \\u0023\.pkl'\)/,
    );
  });
});

describe('Python literals', () => {
  const repr = (text) => {
    const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
    const escaped = (c) => {
      if (c === '\\' || c === quote) return `\\${c}`;
      const code = c.codePointAt(0);
      if (c === '\n') return '\\n';
      if (code < 32 || (code > 126 && code < 160)) return `\\x${code.toString(16).padStart(2, '0')}`;
      return code > 0x2000 && code < 0x2100 ? `\\u${code.toString(16)}` : c;
    };
    return quote + [...text].map(escaped).join('') + quote;
  };

  it('of random strings come back as they were', () => {
    const seed = 7;
    const random = randomFrom(seed);
    const alphabet = ['a', ' ', "'", '"', '\\', '\n', '\t', '\u0007', 'é', '\u2028', '😀', ',', ']', '[', '0'];
    for (let round = 0; round < 500; ++round) {
      const texts = Array.from({ length: Math.floor(4 * random()) }, () =>
        Array.from({ length: Math.floor(9 * random()) }, () => alphabet[Math.floor(random() * alphabet.length)]).join(
          '',
        ),
      );
      assert.deepEqual(parsePythonStrings(`[${texts.map(repr).join(', ')}]`), texts, `seed ${seed}, round ${round}`);
    }
  });

  it('of anything else are none', () => {
    for (const text of [
      '',
      'text',
      '[',
      "['a'",
      "['a' 1]",
      '[1]',
      "{'a'}",
      "['a'] b",
      "[f'a']",
      "['\\x4']",
      "['a\nb']",
    ]) {
      assert.equal(parsePythonStrings(text), undefined, text);
    }
  });
});

describe('other sources', () => {
  it('RouteLLM: a dataset a file, True and False, answers beside them or not', async () => {
    const record = await imported(routeLlmImporter, {
      'mmlu_x.csv': 'prompt,a,b\n"one, two",True,False\n',
      'gsm8k_responses.csv': 'prompt,a,b,a_response,b_response\nq,False,True,text,text\n',
    });
    assert.deepEqual(
      record.scores.map(({ dataset, model, metric, value }) => [dataset, model, metric, value]),
      [
        ['gsm8k', 'a', 'correct', 0],
        ['gsm8k', 'b', 'correct', 1],
        ['mmlu_x', 'a', 'correct', 1],
        ['mmlu_x', 'b', 'correct', 0],
      ],
    );
  });

  it('MixInstruct: every score of every candidate', async () => {
    const entry = {
      id: 'u/1',
      instruction: 'Do',
      input: 'this',
      candidates: [{ model: 'm', text: 't', scores: { bertscore: 0.7, bleurt: -0.2 } }],
    };
    const record = await imported(mixInstructImporter, { 'test.jsonl': lines(entry) });
    assert.deepEqual(scoreLines(record), ['test/u/1 m bertscore=0.7', 'test/u/1 m bleurt=-0.2']);
    assert.equal(record.samples[0].prompt, 'Do\nthis');
    await refuses(
      mixInstructImporter,
      { 't.jsonl': lines({ id: '1', candidates: {} }) },
      'invalid_argument',
      /t\.jsonl, line 1: 'candidates'/,
    );
  });

  it('AlpacaEval: the win of the second over the first', async () => {
    const entry = (preference, more) => ({
      instruction: 'Say hi',
      generator_1: 'ref',
      generator_2: 'm',
      preference,
      ...more,
    });
    const record = await imported(alpacaEvalImporter, {
      'annotations.json': [entry(1.93), entry(0, { dataset: 'koala' }), entry(null, { instruction: 'Other' })],
    });
    assert.deepEqual(
      record.scores.map(({ dataset, model, value }) => [
        dataset,
        model,
        value === null ? null : Number(value.toFixed(2)),
      ]),
      [
        ['alpaca_eval', 'm', 0.93],
        ['koala', 'm', 0.5],
        ['alpaca_eval', 'm', null],
      ],
    );
  });

  it('LLMRouter: a line a query and model', async () => {
    const entry = { task_name: 't', query: 'q', model_name: 'm', performance: 0.5, prompt_tokens: 7 };
    const record = await imported(llmRouterImporter, { 'r.jsonl': lines(entry, { ...entry, model_name: 'n' }) });
    assert.deepEqual(
      record.scores.map(({ sample, model, metric, value, figures }) => [
        sample,
        model,
        metric,
        value,
        figures.tokensIn,
      ]),
      [
        [0, 'm', 'performance', 0.5, 7],
        [0, 'n', 'performance', 0.5, 7],
      ],
    );
  });

  it('LLMRouterBench: names before or behind the records', async () => {
    const records = [{ index: 0, prompt: [{ role: 'user', content: 'q' }], score: 1, cost: 0.1 }];
    for (const document of [
      { model_name: 'm', dataset_name: 'd', records },
      { records, dataset_name: 'd', model_name: 'm' },
    ]) {
      const record = await imported(llmRouterBenchImporter, { 'r.json': document });
      assert.deepEqual(scoreLines(record), ['d/0 m score=1']);
      assert.equal(record.samples[0].prompt, 'q');
    }
    const split = (name) => ({ model_name: 'm', dataset_name: 'd', split: name, records });
    const splits = await imported(llmRouterBenchImporter, { 'a.json': split('dev'), 'b.json': split('test') });
    assert.deepEqual(scoreLines(splits), ['d/dev/0 m score=1', 'd/test/0 m score=1']);
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const prompt = `[{"role":"user","content":${deep}}]`;
    const nested = `{"model_name":"m","dataset_name":"d","records":[{"index":0,"score":1,"prompt":${prompt}}]}`;
    assert.equal((await imported(llmRouterBenchImporter, { 'r.json': nested })).samples[0].prompt, '');
    await refuses(llmRouterBenchImporter, { 'r.json': { records } }, 'invalid_argument', /r\.json: no 'model_name'/);
  });
});

describe('detection', () => {
  const SOURCES = {
    wide: { 'r.csv': 'dataset,id,prompt,a\nd,1,q,1\n' },
    long: { 'r.csv': 'dataset,id,prompt,model,score\nd,1,q,m,1\n' },
    routerbench: { 'r.csv': ',sample_id,prompt,eval_name,a,a|total_cost\n0,1,q,e,1,0\n' },
    routellm: { 'r.csv': 'prompt,a,b\nq,True,False\n' },
    mixinstruct: { 'r.jsonl': lines({ id: '1', instruction: 'i', candidates: [] }) },
    'alpaca-eval': { 'annotations.json': [{ instruction: 'i', generator_1: 'a', generator_2: 'b', preference: 1 }] },
    llmrouter: { 'r.jsonl': lines({ task_name: 't', query: 'q', model_name: 'm', performance: 1 }) },
    llmrouterbench: { 'r.json': { model_name: 'm', dataset_name: 'd', records: [] } },
  };

  for (const [source, contents] of Object.entries(SOURCES)) {
    it(`knows ${source} by its files`, async () => {
      const found = await detect(inputFiles({ ...contents, 'README.md': 'about' }), undefined);
      assert.equal(found.importer.source, source);
      assert.deepEqual(
        found.ignored.map(({ path: name }) => name),
        ['README.md'],
      );
    });
  }

  it('does not guess where sources are mixed, or where there is none', async () => {
    const mixed = inputFiles({ 'a.csv': SOURCES.wide['r.csv'], 'b.csv': SOURCES.long['r.csv'] });
    await assert.rejects(detect(mixed, undefined), {
      code: 'invalid_argument',
      message: /several sources.*wide \(a\.csv\)/,
    });
    assert.equal((await detect(mixed, 'long')).files.length, 1);
    await assert.rejects(detect([], undefined), { code: 'invalid_argument' });
    await assert.rejects(detect(inputFiles({ x: 'y' }), 'excel'), {
      code: 'invalid_argument',
      message: /got the source 'excel'/,
    });
  });

  it('stops where it is asked to', async () => {
    const file = { ...fileFromBytes('r.csv', Buffer.from('prompt,a\nq,1\n')) };
    await assert.rejects(detect([file], undefined, { signal: AbortSignal.abort() }), { code: 'aborted' });
  });
});

describe('real files', () => {
  const data = path.join(root, '..', 'shared', 'data');
  const isThere = existsSync(data);
  if (!isThere) console.log('skipped: no benchmark data');

  /** Rows, and the sum of each column, counted in another way. */
  async function count(file) {
    const sums = new Map();
    let header;
    let rows = 0;
    for await (const cells of createReadStream(file)
      .pipe(createGunzip())
      .pipe(parse({ bom: true }))) {
      if (header === undefined) {
        header = cells;
        continue;
      }
      rows += 1;
      for (const [i, cell] of cells.entries()) {
        const value = cell === 'True' ? 1 : cell === 'False' ? 0 : Number(cell);
        if (cell !== '' && Number.isFinite(value)) sums.set(header[i], (sums.get(header[i]) ?? 0) + value);
      }
    }
    return { rows, sums };
  }

  for (const [folder, importer] of [
    ['routellm', routeLlmImporter],
    ['routerbench', routerBenchImporter],
  ]) {
    it(`of ${folder} give the rows and sums that they have`, { skip: !isThere && 'no benchmark data' }, async () => {
      const place = path.join(data, 'originals', folder);
      for (const name of readdirSync(place)) {
        const record = await imported(importer, { [name.replace(/\.gz$/, '')]: readFileSync(path.join(place, name)) });
        const { rows, sums } = await count(path.join(place, name));
        const models = [...new Set(record.scores.map(({ model }) => model))];
        assert.equal(record.scores.length, rows * models.length, name);
        for (const model of models) {
          const sum = record.scores.filter((s) => s.model === model).reduce((total, { value }) => total + value, 0);
          assert.equal(sum, sums.get(model), `${name} ${model}`);
        }
      }
    });
  }

  it('of a large wide table give its rows and columns', { skip: !isThere && 'no benchmark data' }, async () => {
    const bytes = readFileSync(path.join(data, 'openllm_v2', 'outcomes.csv.gz'));
    const { samples, scores } = await imported(wideImporter, { 'outcomes.csv': bytes });
    assert.equal(samples.length, 20414);
    assert.equal(new Set(scores.map(({ model }) => model)).size, 97);
    assert.equal(scores.length, 20414 * 97);
  });
});
