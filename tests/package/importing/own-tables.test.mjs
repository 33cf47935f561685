// Imports tables as people write them: other names of columns, words for scores, figures beside them, lists in JSON.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { detect } from '../../../dist/importing/detect.js';
import { unclearName } from '../../../dist/importing/sources/columns.js';
import { longImporter } from '../../../dist/importing/sources/long.js';
import { wideImporter } from '../../../dist/importing/sources/wide.js';
import { imported, inputFiles, lines, recordingSink, refuses, scoreLines } from './fixtures.mjs';

const sourceOf = async (contents) => (await detect(inputFiles(contents), undefined)).groups[0].importer.source;

/** Returns the model, metric, value and answer of each score. */
const scoresOf = ({ scores }) => scores.map(({ model, metric, value, answer }) => [model, metric, value, answer]);

/** Returns how the columns of a table were understood. */
async function columnsOf(importer, contents) {
  const { sink } = recordingSink();
  let understood;
  const columns = (_file, found) => {
    understood = { ...found, ignored: [...found.ignored] };
  };
  await importer.read(inputFiles(contents), { sink: { ...sink, columns } });
  return understood;
}

describe('a wide table of people', () => {
  it('takes no model from what describes a row', async () => {
    const header = 'timestamp,prompt,difficulty,expected,label,question_id,latency_ms,cost,tokens,seed,a,b';
    const table = { 'r.csv': `${header}\n2026-01-02T03:04:05,q,0.5,4,1,1,120,0.1,1,0,1,0\n` };
    const record = await imported(wideImporter, table);
    assert.deepEqual(
      scoresOf(record).map(([model, , value]) => [model, value]),
      [
        ['a', 1],
        ['b', 0],
      ],
    );
    assert.deepEqual(await columnsOf(wideImporter, table), {
      prompt: 'prompt',
      ignored: header.split(',').filter((name) => !['prompt', 'a', 'b'].includes(name)),
    });
  });

  it('takes costs and tokens beside the models for what they are', async () => {
    const header = 'prompt,a_cost,a,a_input_tokens,a_output_tokens,a_answer,b,b_cost_usd,b_latency_ms';
    const record = await imported(wideImporter, { 'r.csv': `${header}\nq,0.5,1,10,20,1,0,0.25,7\n` });
    assert.deepEqual(scoresOf(record), [
      ['a', 'score', 1, { costUsd: 0.5, tokensIn: 10, tokensOut: 20 }],
      ['b', 'score', 0, { costUsd: 0.25, tokensIn: undefined, tokensOut: undefined }],
    ]);
    // Without a model of that name, the column is a model.
    const other = await imported(wideImporter, { 'r.csv': 'prompt,low_cost\nq,1\n' });
    assert.deepEqual(scoreLines(other).length, 1);
  });

  it('takes the metrics in the names of columns for what they are, if all have one', async () => {
    const header = 'prompt,a_accuracy,a_f1,a_pred,b_accuracy,b_f1,b_cost,gold_answer';
    const record = await imported(wideImporter, { 'r.csv': `${header}\nq,1,0.5,3,0,0.25,0.1,3\n` });
    const cost = { costUsd: 0.1, tokensIn: undefined, tokensOut: undefined };
    assert.deepEqual(scoresOf(record), [
      ['a', 'accuracy', 1, undefined],
      ['a', 'f1', 0.5, undefined],
      ['b', 'accuracy', 0, cost],
      ['b', 'f1', 0.25, cost],
    ]);
    const some = await imported(wideImporter, { 'r.csv': 'prompt,a_score,b,a_score_cost,a_cost\nq,1,0,0.5,0.25\n' });
    assert.deepEqual(
      scoresOf(some).map(([model, metric, , answer]) => [model, metric, answer?.costUsd]),
      [
        ['a_score', 'score', 0.5],
        ['b', 'score', undefined],
      ],
    );
  });

  it('refuses models without scores', () =>
    refuses(
      wideImporter,
      { 'r.csv': 'prompt,model,bleu\nq,m,1\n' },
      'invalid_argument',
      /^r\.csv: got the column 'model' without a column 'score'/,
    ));

  for (const name of ['score', 'Correct', 'accuracy', 'passed']) {
    it(`refuses scores of nobody, in the column '${name}'`, () =>
      refuses(
        wideImporter,
        { 'small.csv': `prompt,${name}\nq,1\n` },
        'invalid_argument',
        /^small\.csv: got the column '\w+' without a column 'model'/,
      ));
  }

  it('has scores without a model if the caller knows whose they are', async () => {
    const record = await imported(
      wideImporter,
      { 'r.csv': 'dataset,id,prompt,score\nd,1,q,1\n' },
      { isOneModel: true },
    );
    assert.deepEqual(scoreLines(record), ['d/1 score score=1']);
  });

  it('finds models whose columns would pass for something else', () => {
    for (const name of ['Prompt', 'cost', 'score', 'model', 'x_output', 'Latency']) {
      assert.equal(unclearName(['a', name]), name);
    }
    assert.equal(unclearName(['a', 'a_cost']), 'a_cost');
    assert.equal(unclearName(['a_score', 'b_score']), 'a_score');
    assert.equal(unclearName(['a_score', 'low_cost', 'acme/great (effort=low)']), undefined);
    assert.equal(unclearName([]), undefined);
  });

  it('reads words and marks for right and wrong', async () => {
    const rows = [
      'pass,FAIL',
      'Correct,incorrect',
      'right,wrong',
      'Y,n',
      'passed,failed',
      '\u2713,\u2717',
      '\u2705,\u274c',
    ];
    const text = rows.map((cells, i) => `q${i},${cells}\n`).join('');
    const { scores } = await imported(wideImporter, { 'r.csv': `prompt,a,b\n${text}` });
    assert.deepEqual(
      scores.map(({ value }) => value),
      rows.flatMap(() => [1, 0]),
    );
  });

  it('has its prompts under another name if all other columns are scores', async () => {
    for (const [name, table] of Object.entries({
      'r.csv': 'question,a,b\nq,1,0\n',
      'semicolons.csv': 'Question;a;b\nq;1,0;0\n',
      'r.jsonl': lines({ query: 'q', a: true, b: 0 }),
    })) {
      assert.equal(await sourceOf({ [name]: table }), 'wide', name);
      const record = await imported(wideImporter, { [name]: table });
      assert.equal(record.samples[0].prompt, 'q', name);
      assert.deepEqual(
        scoresOf(record).map(([model, , value]) => [model, value]),
        [
          ['a', 1],
          ['b', 0],
        ],
        name,
      );
    }
  });

  it('does not take questions and answers for results', async () => {
    for (const table of ['question,answer\nq,4\n', 'question,a,b\nq,Paris,Rome\n', 'input,output\n5,7\n']) {
      const files = { 'r.csv': table, 's.csv': 'prompt,a\nq,1\n' };
      const { unread } = await detect(inputFiles(files), undefined);
      assert.deepEqual(
        unread.map(({ path }) => path),
        ['r.csv'],
        table,
      );
    }
  });

  it('is read from a list in JSON, with the line for Excel, and with bars', async () => {
    const forms = {
      'list.json': JSON.stringify(
        [
          { prompt: 'q', a: 1, b: 0 },
          { prompt: 'p', a: 0 },
        ],
        undefined,
        1,
      ),
      'sep.csv': 'sep=;\nprompt;a;b\nq;1;0\np;0;\n',
      'bars.csv': 'prompt|a|b\nq|1|0\np|0|\n',
    };
    for (const [name, text] of Object.entries(forms)) {
      assert.equal(await sourceOf({ [name]: text }), 'wide', name);
      const { samples, scores } = await imported(wideImporter, { [name]: text });
      assert.deepEqual(
        scores.flatMap(({ sample, model, value }) => (value === null ? [] : [[samples[sample].prompt, model, value]])),
        [
          ['q', 'a', 1],
          ['q', 'b', 0],
          ['p', 'a', 0],
        ],
        name,
      );
    }
    // Other JSON of this name is not a table.
    await assert.rejects(detect(inputFiles({ 'r.json': '{"prompt":"q","a":1}' }), undefined), {
      code: 'invalid_argument',
    });
    await refuses(
      wideImporter,
      { 'r.json': '[{"prompt":"q","a":1},2]' },
      'invalid_argument',
      /line 2: .*not an object/,
    );
  });
});

describe('a long table of people', () => {
  it('has other names for the question, the model and the score', async () => {
    for (const [header, metric] of [
      ['question,model_name,correct', 'correct'],
      ['Input,Model,Accuracy', 'accuracy'],
      ['id,model_id,passed', 'passed'],
      ['query,model,score', 'score'],
    ]) {
      const table = { 'r.csv': `${header}\nq,m,1\n` };
      assert.equal(await sourceOf(table), 'long', header);
      const record = await imported(longImporter, table);
      assert.deepEqual(scoresOf(record), [['m', metric, 1, undefined]], header);
    }
  });

  it('has a metric per column of scores, unless one is called score', async () => {
    const several = await imported(longImporter, { 'r.csv': 'prompt,model,f1,accuracy\nq,m,0.5,1\n' });
    assert.deepEqual(
      scoreLines(several).map((line) => line.split(' ').at(-1)),
      ['accuracy=1', 'f1=0.5'],
    );
    const one = { 'r.csv': 'prompt,model,score,accuracy\nq,m,0.5,1\n' };
    assert.deepEqual(scoresOf(await imported(longImporter, one)), [['m', 'score', 0.5, undefined]]);
    assert.deepEqual(await columnsOf(longImporter, one), { prompt: 'prompt', ignored: ['accuracy'] });
  });

  it('joins the files of several models, which have their names', async () => {
    const table = (...models) => `prompt,model,score\n${models.map((model) => `q,${model},1\n`).join('')}`;
    const datasets = async (contents) => [
      ...new Set((await imported(longImporter, contents)).samples.map(({ dataset }) => dataset)),
    ];
    assert.deepEqual(await datasets({ 'sums/little.csv': table('little'), 'sums/great.csv': table('acme/great') }), [
      'sums',
    ]);
    assert.deepEqual(
      await datasets({ 'little-7b_sums.csv': table('Acme/Little 7B'), 'great_sums.csv': table('great', 'great') }),
      ['sums'],
    );
    assert.deepEqual(await datasets({ 'little.csv': table('little') }), ['results']);
    const list = (model) => JSON.stringify([{ prompt: 'a "}" in q', model, score: 1, more: { a: '{' } }]);
    assert.deepEqual(await datasets({ 'a/little.json': list('little'), 'a/great.json': list('great') }), ['a']);
    // A text is not the name of a model.
    assert.deepEqual(await datasets({ 'a/x.csv': table('x '.repeat(100_000)) }), ['x']);
    // Files of several models, and names that only begin alike, are datasets.
    assert.deepEqual(await datasets({ 'little.csv': table('little', 'great'), 'greatest.csv': table('great') }), [
      'greatest',
      'little',
    ]);
    const named = 'dataset,prompt,model,score\nd,q,little,1\n';
    assert.deepEqual(await datasets({ 'little.csv': named }), ['d']);
  });

  it('says of ids that they may only count rows', async () => {
    const row = { dataset: 'd', model: 'm', score: 1, prompt: 'q' };
    const { samples } = await imported(longImporter, {
      'r.jsonl': lines({ ...row, id: 1 }, { ...row, id: 'row 2' }, { ...row, id: 'sums-ab' }, row),
    });
    assert.deepEqual(
      samples.map(({ isCounted }) => isCounted),
      [true, true, false, false],
    );
  });

  it('reads tokens in an object', async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 4 };
    const inParquet = parquetWriteBuffer({
      columnData: [
        { name: 'prompt', data: ['q'], type: 'STRING' },
        { name: 'model', data: ['m'], type: 'STRING' },
        { name: 'score', data: [1], type: 'INT32' },
        { name: 'usage', data: [{ prompt_tokens: 10n, completion_tokens: 4n }] },
      ],
    });
    const parquet = await imported(wideImporter, { 'r.parquet': new Uint8Array(inParquet) });
    assert.deepEqual(
      parquet.scores.map(({ answer }) => [answer.tokensIn, answer.tokensOut]),
      [[10, 4]],
    );
    const { scores } = await imported(longImporter, {
      'r.jsonl': lines(
        { prompt: 'q', model: 'm', score: 1, usage },
        { prompt: 'q', model: 'n', score: 1, usage, tokens_in: 7 },
      ),
    });
    assert.deepEqual(
      scores.map(({ answer }) => [answer.tokensIn, answer.tokensOut]),
      [
        [10, 4],
        [7, 4],
      ],
    );
  });

  it('averages the runs that a column numbers', async () => {
    const { scores } = await imported(longImporter, { 'r.csv': 'prompt,model,run,score\nq,m,1,1\nq,m,2,0\n' });
    assert.deepEqual(
      scores.map(({ value, answer }) => [value, answer]),
      [
        [1, { repeats: true }],
        [0, { repeats: true }],
      ],
    );
  });

  it('does not count a failed call as a wrong answer', async () => {
    const rows = [
      'q,m,0,HTTP 500',
      'q,n,,timeout',
      'p,m,0,',
      'p,n,0,None',
      'o,m,1,retried once',
      'o,n,0,false',
      'x,m,0,0',
    ];
    const { scores, dropped } = await imported(longImporter, {
      'r.csv': `prompt,model,score,error\n${rows.join('\n')}\n`,
    });
    assert.deepEqual(dropped, { failed: 2 });
    assert.deepEqual(
      scores.map(({ model, value }) => [model, value]),
      [
        ['m', 0],
        ['n', 0],
        ['m', 1],
        ['n', 0],
        ['m', 0],
      ],
    );
  });

  it('asks the question that messages end with', async () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'What is 2 + 2?' },
    ];
    const row = { model: 'm', score: 1 };
    for (const [name, text] of Object.entries({
      'a.jsonl': lines({ prompt: messages, ...row }),
      'b.jsonl': lines({ messages, ...row }),
      'c.jsonl': lines({ prompt: JSON.stringify(messages), ...row }),
    })) {
      assert.equal(await sourceOf({ [name]: text }), 'long', name);
      const { samples } = await imported(longImporter, { [name]: text });
      assert.equal(samples[0].prompt, 'What is 2 + 2?', name);
    }
    // The same question under other instructions is another sample.
    const other = [{ role: 'system', content: 'Be long.' }, messages[1]];
    const { samples } = await imported(longImporter, {
      'r.jsonl': lines({ prompt: messages, ...row }, { prompt: other, ...row }),
    });
    assert.equal(samples.length, 2);
  });
});
