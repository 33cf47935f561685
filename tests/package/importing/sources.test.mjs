// Imports the tables and lines of other projects: their exact shapes, and hostile ones.
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { detect } from '../../../dist/importing/detect.js';
import { parsePythonStrings } from '../../../dist/importing/python-literal.js';
import { alpacaEvalImporter } from '../../../dist/importing/sources/alpaca-eval.js';
import { llmRouterImporter } from '../../../dist/importing/sources/llmrouter.js';
import { llmRouterBenchImporter } from '../../../dist/importing/sources/llmrouterbench.js';
import { mixInstructImporter } from '../../../dist/importing/sources/mixinstruct.js';
import { routeLlmImporter } from '../../../dist/importing/sources/routellm.js';
import { routerBenchImporter } from '../../../dist/importing/sources/routerbench.js';
import { randomFrom } from '../support/fixtures.mjs';
import { claimed, imported, inputFiles, lines, refuses, scoreLines } from './fixtures.mjs';

describe('RouterBench', () => {
  const CSV = `,sample_id,prompt,eval_name,m/a,b,m/a|model_response,m/a|total_cost,b|total_cost,oracle_model_to_route_to
0,s.1,"['first part', ""it's the second""]",e,1.0,0.0,"['x']",0.001,0.002,m/a
`;

  it('has models with answers or costs beside them, and prompts as strings', async () => {
    const { samples, scores } = await imported(routerBenchImporter, { 'r.csv': CSV });
    assert.equal(samples[0].prompt, "first part\nit's the second");
    assert.deepEqual(
      scores.map(({ dataset, key, model, value, answer }) => [dataset, key, model, value, answer.costUsd]),
      [
        ['e', 's.1', 'm/a', 1, 0.001],
        ['e', 's.1', 'b', 0, 0.002],
      ],
    );
  });

  it('never opens a pickle, whatever its name, and shows the command that converts it', async () => {
    const pickle = Buffer.from([0x80, 4, 0x95, 0, 0]);
    for (const name of ['data/r 1.pkl', 'data/plain']) {
      const files = inputFiles({ [name]: pickle });
      const [{ importer, files: claimed }] = (await detect(files, undefined)).groups;
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

  it('of random strings are parsed unchanged', () => {
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

  it('of other types are refused', () => {
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
  it('RouteLLM: one dataset per file, True and False, with or without answers', async () => {
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

  it('AlpacaEval: the win of the second model over the first', async () => {
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

  it('AlpacaEval: a metric for each judge and reference, if there are several', async () => {
    const entry = (annotator, generator_1, generator_2, preference) => [
      { instruction: 'Say hi', generator_1, generator_2, annotator, preference },
    ];
    const read = (...contents) =>
      imported(
        alpacaEvalImporter,
        Object.fromEntries(contents.map((content, i) => [`${i}/annotations.json`, content])),
      );
    const same = await read(entry('a', 'ref', 'm', 2), entry('a', 'ref', 'n', 1));
    assert.deepEqual(
      scoreLines(same).map((line) => line.replace(/^\S+ /, '')),
      ['m preference=1', 'n preference=0'],
    );
    const judges = await read(entry('a', 'ref', 'm', 2), entry('b', 'ref', 'm', 1));
    assert.deepEqual(
      judges.scores.map(({ metric }) => metric),
      ['preference (annotator: a)', 'preference (annotator: b)'],
    );
    const references = await read(entry('a', 'ref=1', 'm', 2), entry('a', 'ref=2', 'm', 1));
    assert.deepEqual(
      references.scores.map(({ metric }) => metric),
      ['preference (reference: ref:1)', 'preference (reference: ref:2)'],
    );
    const again = await read(entry('a', 'ref', 'm', 2), entry('a', 'ref', 'm', 1));
    assert.ok(again.scores.every(({ metric, answer }) => metric === 'preference' && answer.repeats));
  });

  it('AlpacaEval: the folder names the model of outputs without a generator, never the reference', async () => {
    const annotations = [
      { instruction: 'Say hi', output_1: 'hi', generator: 'ref', output_2: 'ho', annotator: 'judge', preference: 1.5 },
    ];
    const contents = { 'results/m-1/annotations.json': annotations, 'results/m-2/judge/annotations.json': annotations };
    assert.deepEqual(await claimed(alpacaEvalImporter, contents), Object.keys(contents));
    const { scores } = await imported(alpacaEvalImporter, contents);
    assert.deepEqual(
      scores.map(({ model, metric, value }) => [model, metric, value]),
      [
        ['m-1', 'preference', 0.5],
        ['m-2', 'preference', 0.5],
      ],
    );
    for (const name of ['annotations.json', 'results/annotations.json', 'results/judge/annotations.json']) {
      const pattern = /annotations\.json, line 1: no 'generator_2'.*'generator' may be the reference/;
      await refuses(alpacaEvalImporter, { [name]: annotations }, 'invalid_argument', pattern);
    }
    const broken = { 'm/annotations.json': [{ instruction: 'Say hi', generator_2: '' }] };
    await refuses(alpacaEvalImporter, broken, 'invalid_argument', /no text at 'generator_2'/);
  });

  it('LLMRouter: one line per query and model', async () => {
    const entry = { task_name: 't', query: 'q', model_name: 'm', performance: 0.5, prompt_tokens: 7 };
    const record = await imported(llmRouterImporter, { 'r.jsonl': lines(entry, { ...entry, model_name: 'n' }) });
    assert.deepEqual(
      record.scores.map(({ sample, model, metric, value, answer }) => [sample, model, metric, value, answer.tokensIn]),
      [
        [0, 'm', 'performance', 0.5, 7],
        [0, 'n', 'performance', 0.5, 7],
      ],
    );
  });

  it('LLMRouterBench: names before or after the records', async () => {
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
