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

  it('are other samples if documents without a hash differ under one number', async () => {
    const of = (question) => line(0, { doc: { question }, doc_hash: undefined });
    const record = await imported(lmEvalImporter, {
      'out/lab__small/samples_counting_2024-07-01T12-30-00.1.jsonl': lines(of('one?')),
      'out/lab__large/samples_counting_2024-07-01T12-30-00.1.jsonl': lines(of('two?')),
      'out/lab__other/samples_counting_2024-07-01T12-30-00.1.jsonl': lines(of('one?')),
    });
    assert.equal(new Set(scoreLines(record).map((text) => text.split(' lab')[0])).size, 2);
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
        ['h0', 'Second?'],
        ['h1', 'Second?'],
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

  describe('beside their results', () => {
    const date = '2025-03-01T09-15-01.102031';
    const results = ({ shots = 0, ...more } = {}) => ({
      results: { counting: {} },
      configs: { counting: { fewshot_delimiter: '\n\n', ...more.config } },
      versions: { counting: 1 },
      'n-shot': { counting: shots },
      config: { model_args: 'pretrained=lab/small:7b,dtype=float16' },
      model_name: 'lab/small:7b',
      ...more.top,
    });
    const run = (folder, result, ...values) => ({
      [`${folder}/results_${date}.json`]: result,
      [`${folder}/samples_counting_${date}.jsonl`]: lines(...values),
    });
    const asked = (doc_id, question, prompt) =>
      line(doc_id, { doc: { question }, arguments: { gen_args_0: { arg_0: prompt, arg_1: {} } } });
    const prompts = ({ samples }) => samples.map(({ prompt }) => prompt);

    it('have the name of the model and not that of the folder', async () => {
      const record = await imported(lmEvalImporter, run('out/lab__small__7b', results(), line(0)));
      assert.deepEqual(scoreLines(record), ['counting/h0 lab/small:7b exact_match=1']);
    });

    it('are those of the same date, also under another name', async () => {
      const of = (name, day) => ({
        [`runs/${name}_2025-03-0${day}T09-15-01.1.json`]: results({ top: { model_name: name } }),
        [`runs/samples_counting_2025-03-0${day}T09-15-01.1.jsonl`]: lines(line(0)),
      });
      const record = await imported(lmEvalImporter, { ...of('one', 1), ...of('two', 2) });
      assert.deepEqual(scoreLines(record), ['counting/h0 one exact_match=1', 'counting/h0 two exact_match=1']);
    });

    it('tell runs with other shots or other arguments apart', async () => {
      const record = await imported(lmEvalImporter, {
        ...run('0/lab__small', results(), line(0)),
        ...run('5/lab__small', results({ shots: 5 }), line(0)),
        ...run(
          'p/lab__small',
          results({ top: { config: { model_args: { pretrained: 'x', peft: 'tuned' } } } }),
          line(0),
        ),
      });
      assert.deepEqual(scoreLines(record), [
        'counting (num_fewshot=0)/h0 lab/small:7b (peft=tuned) exact_match=1',
        'counting (num_fewshot=0)/h0 lab/small:7b exact_match=1',
        'counting (num_fewshot=5)/h0 lab/small:7b exact_match=1',
      ]);
    });

    it('hold the question alone: not the examples, however they are drawn', async () => {
      const questions = ['How many geese are ten geese and two?', 'Count the legs of seven spiders at rest.'];
      const examples = [
        'Question: How many hands have nine clocks?\nAnswer: 18\n\nQuestion: How tall is a tall hill?\nAnswer: tall\n\n',
        'Question: Why does it rain in spring?\nAnswer: clouds\n\nQuestion: How many hands have nine clocks?\nAnswer: 18\n\n',
      ];
      for (const chosen of [examples, [examples[0], examples[0]]]) {
        const rows = questions.map((q, i) => asked(i, q, `${chosen[i]}Question: ${q}\nAnswer:`));
        const expected = questions.map((q) => `Question: ${q}`);
        assert.deepEqual(prompts(await imported(lmEvalImporter, run('m/a', results({ shots: 2 }), ...rows))), expected);
        const alone = { [`m/a/samples_counting_${date}.jsonl`]: lines(...rows) };
        assert.deepEqual(prompts(await imported(lmEvalImporter, alone)), expected);
      }
    });

    it('hold the question alone: examples are counted if the document was rewritten', async () => {
      const rows = ['four', 'five'].map((n, i) =>
        asked(i, `(${n})`, `What is one of ${i}?\nTwo\n\nWhat is ${n} plus one?\nAnswer:`),
      );
      const record = await imported(lmEvalImporter, run('m/a', results({ shots: 1 }), ...rows));
      assert.deepEqual(prompts(record), ['What is four plus one?', 'What is five plus one?']);
    });

    it('hold the question alone: not the instruction, nor the markers of a template', async () => {
      const wrap = (q) => `<|system|>\nYou count for the town of Quill.<|end|>\n<|user|>\n${q}<|end|>\n<|assistant|>\n`;
      const rows = ['How many is ten?', 'And how many is four?'].map((q, i) => asked(i, q, wrap(q)));
      const top = { system_instruction: 'You count for the town of Quill.', chat_template_sha: 'abc' };
      const record = await imported(lmEvalImporter, run('m/a', results({ top }), ...rows));
      assert.deepEqual(prompts(record), ['How many is ten?', 'And how many is four?']);
    });

    it('hold the question alone: not the description of the task', async () => {
      const description = 'Count with care.\n\n';
      const wrap = (q, example) => `${description}${example}${q}\nAnswer:`;
      const questions = ['What is 4 + 1?', 'What is 5 + 9?'];
      const examples = ['What is 1 + 1?\nAnswer: 2\n\n', 'What is 3 + 1?\nAnswer: 4\n\n'];
      for (const shots of [0, 1]) {
        const rows = questions.map((q, i) => asked(i, `(${i})`, wrap(q, shots === 0 ? '' : examples[i])));
        const result = results({ shots, config: { description } });
        assert.deepEqual(prompts(await imported(lmEvalImporter, run('m/a', result, ...rows))), questions, `${shots}`);
      }
    });

    it('are refused if only some runs of a task have results', async () => {
      const alone = { [`out/lab__large/samples_counting_${date}.jsonl`]: lines(line(0)) };
      const both = { ...run('out/lab__small', results({ shots: 5 }), line(0)), ...alone };
      await refusedBy(lmEvalImporter, both, /lab__large.*: no results_.*whether num_fewshot and version are the same/);
    });

    it('tell a run with a chat template from one without', async () => {
      const top = { chat_template_sha: 'abc' };
      const record = await imported(lmEvalImporter, {
        ...run('plain/lab__small', results(), line(0)),
        ...run('chat/lab__small', results({ top }), line(0)),
      });
      assert.deepEqual(scoreLines(record), [
        'counting/h0 lab/small:7b (chat_template_sha=abc) exact_match=1',
        'counting/h0 lab/small:7b exact_match=1',
      ]);
    });

    it('keep the prompt as it stands without examples and without an instruction', async () => {
      const rows = ['ten', 'four'].map((q, i) => asked(i, q, `Translate into French:\n${q}\nFrench:`));
      const record = await imported(lmEvalImporter, run('m/a', results(), ...rows));
      assert.deepEqual(
        prompts(record),
        ['ten', 'four'].map((q) => `Translate into French:\n${q}\nFrench:`),
      );
    });

    it('name the filters of lines that do not', async () => {
      const filter_list = [{ name: 'strict' }, { name: 'loose' }];
      const bare = (id, exact_match) => line(id, { filter: undefined, exact_match });
      const rows = [bare(0, 0), bare(0, 1), bare(1, 0), bare(1, 1)];
      const record = await imported(lmEvalImporter, run('m/a', results({ config: { filter_list } }), ...rows));
      assert.deepEqual(scoreLines(record), [
        'counting/h0 lab/small:7b exact_match,loose=1',
        'counting/h0 lab/small:7b exact_match,strict=0',
        'counting/h1 lab/small:7b exact_match,loose=1',
        'counting/h1 lab/small:7b exact_match,strict=0',
      ]);
      const unknown = await read(bare(0, 0), bare(0, 1));
      assert.deepEqual(
        scoreLines(unknown).map((text) => text.split(' ').slice(2).join(' ')),
        ['exact_match,filter 2=1', 'exact_match=0'],
      );
    });

    it('say of which metrics less is better', async () => {
      const config = { filter_list: [{ name: 'none' }, { name: 'first' }] };
      const top = { higher_is_better: { counting: { harm: false, exact_match: true } } };
      const record = await imported(lmEvalImporter, run('m/a', results({ config, top }), line(0)));
      assert.deepEqual(record.lower, ['counting harm', 'counting harm,none', 'counting harm,first']);
    });

    it('are refused alone, with the option that writes samples', async () => {
      const { [`m/a/results_${date}.json`]: alone } = run('m/a', results());
      await refusedBy(lmEvalImporter, { [`m/a/results_${date}.json`]: alone }, /--log_samples/);
    });
  });

  it('are averaged over runs', async () => {
    const other = 'out/lab__small-7b/samples_counting_2024-07-09T12-30-00.1.jsonl';
    const record = await imported(lmEvalImporter, { [PATH]: lines(line(0)), [other]: lines(line(0)) });
    assert.deepEqual(
      record.scores.map(({ answer }) => answer),
      [{ repeats: true }, { repeats: true }],
    );
  });

  it('are refused if two runs lie in a folder that is not called like a model', async () => {
    const files = { 'runs/samples_c_2024-07-01T12-30-00.jsonl': lines(line(0)) };
    files['runs/samples_c_2024-07-02T12-30-00.jsonl'] = lines(line(0));
    await refusedBy(lmEvalImporter, files, /another run of c lies in the same folder.*results_\*\.json/);
  });

  it('hold a document twice if two have the same hash', async () => {
    const record = await read(
      line(0, { doc_hash: 'h' }),
      line(1, { doc_hash: 'h' }),
      line(0, { doc_hash: 'h', acc: 1, metrics: ['acc'] }),
    );
    assert.deepEqual(scoreLines(record), [
      'counting/h 2 lab/small-7b exact_match=1',
      'counting/h lab/small-7b acc=1',
      'counting/h lab/small-7b exact_match=1',
    ]);
  });

  it('of runs with --predict_only, of killed runs and of other tools are named', async () => {
    const record = await imported(lmEvalImporter, {
      [PATH]: lines(line(0, { metrics: ['bypass'], bypass: null })),
      'out/lab__b/samples_counting_2024-07-01T12-30-00.jsonl': '',
    });
    assert.deepEqual(record.dropped, { unscored: 1, incomplete: 1 });
    assert.match(record.details.join(), /empty.*--predict_only/);
    const others = { 'r/samples_0.2_coder.jsonl': lines({ task_id: 'Sums/0', completion: 'return 1' }) };
    assert.deepEqual(await claimed(lmEvalImporter, others), []);
  });

  it('are read from the lists of older versions', async () => {
    const listed = (answer) => [
      { ...line(0, { filter: undefined, metrics: undefined, doc_hash: undefined }), exact_match: answer },
    ];
    const files = {
      'out/results.json': {
        results: { safety_bio: {}, bio: {} },
        configs: { safety_bio: {}, bio: {} },
        config: { model_args: 'model=chat-1' },
      },
      'out/model__chat-1_safety_bio.jsonl': JSON.stringify(listed(1)),
      'out/model__chat-1_bio.jsonl': JSON.stringify(listed(0), null, 2),
    };
    assert.deepEqual(await claimed(lmEvalImporter, files), Object.keys(files).sort());
    const record = await imported(lmEvalImporter, files);
    assert.deepEqual(scoreLines(record), ['bio/0 chat-1 exact_match=0', 'safety_bio/0 chat-1 exact_match=1']);
    const { 'out/results.json': _, ...without } = files;
    await refusedBy(lmEvalImporter, without, /results\.json in the same folder/);
  });

  it('are read from the written prompts of version 0.3', async () => {
    const entry = (doc_id, acc) => ({
      doc_id,
      prompt_0: `Goose ${doc_id} swims. It is wet.`,
      prompt_1: `Goose ${doc_id} swims. It is dry.`,
      logit_0: -1,
      logit_1: -2,
      truth: 0,
      acc,
    });
    const files = {
      'e/great/pronouns_write_out_info.json': [entry(0, 'True'), entry(1, '0.5'), entry(2, '1')],
    };
    assert.deepEqual(await claimed(lmEvalImporter, files), Object.keys(files));
    const record = await imported(lmEvalImporter, files);
    assert.deepEqual(scoreLines(record), [
      'pronouns/0 great acc=1',
      'pronouns/1 great acc=0.5',
      'pronouns/2 great acc=1',
    ]);
    assert.equal(record.samples[0].prompt, 'Goose 0 swims. It is');
  });
});
