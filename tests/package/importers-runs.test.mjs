// Importers of result folders: HELM, lm-evaluation-harness, OpenCompass and inspect_ai, with honest and with hostile files.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { helmImporter } from '../../dist/importing/sources/helm.js';
import { inspectImporter } from '../../dist/importing/sources/inspect.js';
import { lmEvalImporter } from '../../dist/importing/sources/lm-eval.js';
import { openCompassImporter } from '../../dist/importing/sources/opencompass.js';
import { refused } from './fixtures.mjs';
import {
  claimed,
  imported,
  lines,
  scoreLines,
  withClaimedSize,
  zip,
  zstdBomb,
  zstdRaw,
} from './importing-fixtures.mjs';

const refusedBy = (importer, contents, pattern, code = 'invalid_argument') =>
  refused(imported(importer, contents), code, pattern);
const own = (text) => JSON.parse(text);

describe('HELM run folders', () => {
  const stat = (name, mean, more = {}) => ({ name: { name, split: 'test', ...more }, count: 1, sum: mean, mean });
  const state = (id, text, more = {}, trial = 0) => ({
    instance: { id, input: { text }, references: [], split: 'test', ...more },
    train_trial_index: trial,
    request: { prompt: `Q: ${text}\nA:` },
    result: { completions: [{ text: 'x' }] },
  });
  const entry = (instance_id, stats, more = {}) => ({ instance_id, train_trial_index: 0, stats, ...more });
  const run = (folder, model, states, stats, name = folder.split('/').at(-1)) => ({
    [`${folder}/run_spec.json`]: { name, adapter_spec: { model, model_deployment: `host/${model}` } },
    [`${folder}/scenario_state.json`]: { adapter_spec: { model }, request_states: states },
    [`${folder}/per_instance_stats.json`]: stats,
  });
  const base = () =>
    run(
      'suite/toys:level=1,model=a_m',
      'a/m',
      [state('id1', 'How far is up?')],
      [entry('id1', [stat('exact_match', 1)])],
    );
  const STATE = 'suite/toys:level=1,model=a_m/scenario_state.json';
  const STATS = 'suite/toys:level=1,model=a_m/per_instance_stats.json';
  const SPEC = 'suite/toys:level=1,model=a_m/run_spec.json';

  it('are joined over models, whatever the model in the name of the run', async () => {
    const record = await imported(helmImporter, {
      ...base(),
      ...run(
        'suite/toys:model=b_m,level=1',
        'b/m',
        [state('id1', 'How far is up?')],
        [
          entry('id1', [
            stat('exact_match', 0),
            stat('f1', 0.5),
            stat('num_prompt_tokens', 9),
            stat('num_output_tokens', 4),
          ]),
        ],
      ),
    });
    assert.deepEqual(scoreLines(record), [
      'toys:level=1/id1 a/m exact_match=1',
      'toys:level=1/id1 b/m exact_match=0',
      'toys:level=1/id1 b/m f1=0.5',
    ]);
    assert.equal(record.samples.length, 1);
    assert.equal(record.samples[0].prompt, 'How far is up?');
    assert.deepEqual(record.scores.at(-1).figures, { tokensIn: 9, tokensOut: 4 });
  });

  it('are read gzipped, and their other files are claimed and ignored', async () => {
    const contents = {
      'r/run_spec.json.gz': { name: 'riddles:model=x', adapter_spec: { model: 'x' } },
      'r/scenario_state.json.gz': { request_states: [state('id7', 'Why is a raven?')] },
      'r/per_instance_stats.json.gz': [entry('id7', [stat('quasi_exact_match', 1)])],
      'r/instances.json': [{ input: { text: 'Why is a raven?' }, id: 'id7' }],
      'r/stats.json': [stat('exact_match', 1)],
      'r/display_predictions.json': [],
    };
    assert.deepEqual(await claimed(helmImporter, { ...contents, 'r/notes.json': {}, 'q/stats.json': { a: 1 } }), [
      ...Object.keys(contents).sort(),
    ]);
    assert.deepEqual(scoreLines(await imported(helmImporter, contents)), ['riddles/id7 x quasi_exact_match=1']);
  });

  it('average trials, take one sample for several requests, and find sum and count where there is no mean', async () => {
    const states = [state('id1', 'a?'), state('id1', 'a?', {}, 1), state('id1', 'a?', {}, 1), state('id2', 'b?')];
    const record = await imported(
      helmImporter,
      run('t', 'm', states, [
        entry('id1', [stat('em', 1)]),
        entry('id1', [stat('em', 0)], { train_trial_index: 1 }),
        entry('id2', [
          { name: { name: 'em' }, count: 4, sum: 3 },
          { name: { name: 'none' }, count: 0, sum: 0, mean: 0 },
        ]),
      ]),
    );
    assert.deepEqual(scoreLines(record), ['t/id1 m em=0.5', 't/id2 m em=0.75', 't/id2 m none=null']);
  });

  it('drop perturbed copies, each counted once', async () => {
    const perturbation = { name: 'typos', prob: 0.1 };
    const states = [state('id1', 'up?'), state('id1', 'pu?', { perturbation }), state('id1', 'pu?', { perturbation })];
    const record = await imported(
      helmImporter,
      run('t', 'm', states, [
        entry('id1', [stat('em', 1), stat('em', 0, { perturbation: { ...perturbation, computed_on: 'worst' } })]),
        entry('id1', [stat('em', 0)], { perturbation }),
      ]),
    );
    assert.deepEqual(scoreLines(record), ['t/id1 m em=1']);
    assert.deepEqual(record.dropped, { perturbed: 1 });
  });

  it('count what is in one file only, and leave out what is of another split or no score', async () => {
    const noText = { ...state('id4'), request: {} };
    const record = await imported(
      helmImporter,
      run(
        't',
        'm',
        [state('id1', 'a?'), state('id2', 'b?'), noText],
        [
          entry('id1', [stat('em', 1), stat('em2', 1, { split: 'train' }), stat('em3', 1, { sub_split: 'rude' })]),
          entry('id1', [
            stat('num_bytes', 5),
            stat('inference_runtime', 1),
            stat('logprob', -3),
            stat('max_prob', 0.5),
          ]),
          entry('id3', [stat('em', 1)]),
        ],
      ),
    );
    assert.deepEqual(scoreLines(record), ['t/id1 m em=1']);
    assert.deepEqual(record.dropped, { no_score: 1, no_prompt: 2 });
  });

  it('are refused where one of the two files is not there', async () => {
    for (const [missing, pattern] of [
      [STATE, /scenario_state\.json/],
      [STATS, /per_instance_stats\.json/],
    ]) {
      const { [missing]: _, ...contents } = base();
      await refusedBy(helmImporter, contents, pattern);
    }
    await refusedBy(helmImporter, { [SPEC]: base()[SPEC] }, /run_spec\.json.*scenario_state.*and per_instance_stats/);
    await refusedBy(helmImporter, { 'x/readme.json': {} }, /x\/readme\.json.*run_spec/);
  });

  it('are refused where a field has another type', async () => {
    const good = base();
    const states = (...request_states) => ({ ...good, [STATE]: { request_states } });
    const cases = [
      [states({}), /scenario_state\.json, request state 0: 'instance'.*nothing/],
      [states(state('id1', 'a'), 5), /request state 1: 'instance'.*nothing/],
      [states(state(undefined, 'a')), /no text at 'id', got nothing/],
      [states(state(['id1'], 'a')), /no text at 'id', got a list/],
      [states(state('id1', 7)), /'input\.text', got the number 7/],
      [{ ...good, [STATE]: {} }, /scenario_state\.json: expected.*neither/],
      [{ ...good, [STATS]: {} }, /per_instance_stats\.json: expected a list/],
      [{ ...good, [STATS]: { a: 1 } }, /per_instance_stats\.json, entry a: expected a list/],
      [{ ...good, [STATS]: [5] }, /entry 0: no text at 'instance_id'/],
      [{ ...good, [STATS]: [entry('id1', {})] }, /entry 0: expected a list at 'stats', got an object/],
      [{ ...good, [STATS]: [entry('id1', [null])] }, /no text at 'name\.name'/],
      [{ ...good, [STATS]: [entry('id1', [stat('em', 'good')])] }, /number as 'mean' of em, got a text/],
      [{ ...good, [SPEC]: [] }, /run_spec\.json: .*a list/],
      [{ ...good, [SPEC]: { name: 5 } }, /run_spec\.json: expected text at 'name'/],
      [{ ...good, [SPEC]: { name: 't', adapter_spec: { model: {} } } }, /'model', got an object/],
      [{ ...good, [SPEC]: { name: 't' }, [STATE]: { request_states: [state('id1', 'a')] } }, /adapter_spec\.model/],
    ];
    for (const [contents, pattern] of cases) await refusedBy(helmImporter, contents, pattern);
  });

  it('keep names such as __proto__ what they are', async () => {
    const contents = run(
      '__proto__',
      '__proto__',
      [state('__proto__', 'a?')],
      [entry('__proto__', [stat('__proto__', 1)])],
    );
    contents['__proto__/scenario_state.json'] =
      '{"__proto__": {"x": 1}, "request_states": [' +
      '{"__proto__": {"instance": {}}, "instance": {"id": "__proto__", "input": {"text": "a?"}}}]}';
    assert.deepEqual(scoreLines(await imported(helmImporter, contents)), ['__proto__/__proto__ __proto__ __proto__=1']);
    const inherited = { ...base(), [STATE]: '{"request_states": [{"__proto__": {"instance": {"id": "id1"}}}]}' };
    await refusedBy(helmImporter, inherited, /'instance' is not an object, got nothing/);
    assert.equal({}.x, undefined);
  });

  it('are refused where they are cut, empty or no text', async () => {
    for (const name of [SPEC, STATE, STATS]) {
      const pattern = new RegExp(name.split('/').at(-1));
      const whole = JSON.stringify(base()[name]);
      await refusedBy(helmImporter, { ...base(), [name]: whole.slice(0, -2) }, pattern);
      await refusedBy(helmImporter, { ...base(), [name]: '' }, pattern);
      await refusedBy(helmImporter, { ...base(), [name]: Uint8Array.of(0x22, 0xff, 0xfe) }, pattern);
    }
  });
});

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

  it('claim their companions too, and nothing of others', async () => {
    const mine = { [PATH]: '', 'm/results_2024.json': '{\n "results": {', 'm/requests_x.jsonl': '{}' };
    const others = { 'm/results_a.json': '{"accuracy": 1}', 'm/x.jsonl': '{}', 'm/samples.jsonl': '{}' };
    assert.deepEqual(await claimed(lmEvalImporter, { ...mine, ...others }), Object.keys(mine).sort());
  });

  it('give a metric for every filter', async () => {
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

  it('find the metrics of older lines, and count lines without any', async () => {
    const record = await read(line(0, { metrics: undefined, acc: 0.5, ctx_len: 80 }), line(1, { metrics: [] }));
    assert.deepEqual(scoreLines(record), [
      'counting/h0 lab/small-7b acc=0.5',
      'counting/h0 lab/small-7b exact_match=1',
    ]);
    assert.deepEqual(record.dropped, { no_score: 1 });
  });

  it('find the prompt in every form, and the key without a hash', async () => {
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

  it('take NaN for no value', async () => {
    const record = await imported(lmEvalImporter, {
      [PATH]: JSON.stringify(line(0)).replace('"exact_match":1', '"exact_match":NaN'),
    });
    assert.deepEqual(scoreLines(record), ['counting/h0 lab/small-7b exact_match=null']);
  });

  it('are refused with file and line', async () => {
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

  it('are refused where no folder names the model, or they are no text', async () => {
    await refusedBy(lmEvalImporter, { 'samples_x.jsonl': lines(line(0)) }, /samples_x\.jsonl.*folder.*names the model/);
    await refusedBy(lmEvalImporter, { 'm/other.jsonl': lines(line(0)) }, /m\/other\.jsonl.*samples_<task>/);
    await refusedBy(lmEvalImporter, { [PATH]: Uint8Array.of(0x7b, 0xff) }, /samples_counting.*UTF-8/);
    assert.deepEqual((await imported(lmEvalImporter, { [PATH]: '' })).samples, []);
  });

  it('keep names such as __proto__ from being anything else', async () => {
    const text =
      '{"__proto__": {"doc_id": 3, "polluted": 1}, "metrics": ["__proto__", "constructor", "acc"], "acc": 1, "doc_id": "__proto__"}';
    const record = await imported(lmEvalImporter, { 'constructor/samples___proto__.jsonl': text });
    assert.deepEqual(scoreLines(record), ['__proto__/__proto__ constructor acc=1']);
    await refusedBy(lmEvalImporter, { [PATH]: '{"__proto__": {"doc_id": 3}}' }, /line 1: no text at 'doc_id'/);
    assert.equal({}.polluted, undefined);
  });
});

describe('results of OpenCompass', () => {
  const asked = (text) => [
    { role: 'SYSTEM', prompt: 'Be brief.' },
    { role: 'HUMAN', prompt: text },
    { role: 'BOT', prompt: '' },
  ];
  const result = (details) => ({ accuracy: 50, details });
  const ROOT = '20240701_120000';
  const RESULTS = `${ROOT}/results/m-1/toys.json`;

  it('are joined over models, with the prompts of details', async () => {
    const record = await imported(openCompassImporter, {
      [RESULTS]: result({
        type: 'GEN',
        0: { prompt: asked('How tall?'), correct: true },
        1: { prompt: 'How deep?', correct: false },
      }),
      'run/results/m-2/toys.json.gz': result([{ question: 'How tall?', is_correct: [true] }, { correct: 0.5 }]),
    });
    assert.deepEqual(scoreLines(record), [
      'toys/0 m-1 correct=1',
      'toys/0 m-2 correct=1',
      'toys/1 m-1 correct=0',
      'toys/1 m-2 correct=0.5',
    ]);
    assert.deepEqual(
      record.samples.map(({ prompt }) => prompt),
      ['How tall?', 'How deep?'],
    );
  });

  it('take prompts from the predictions of the same model, else of any', async () => {
    const predictions = (text) => ({ 0: { origin_prompt: asked(text), prediction: 'x', gold: 'y' } });
    const record = await imported(openCompassImporter, {
      'a/predictions/m-1/toys.json': predictions('One?'),
      'a/predictions/m-2/toys.json': { ...predictions('Two?'), 1: { origin_prompt: 'Spare?' } },
      'a/predictions/m-2/games.json': predictions('Game?'),
      'a/results/m-2/toys.json': result({ 0: { correct: 1 }, 1: { correct: 1 }, 2: { correct: 1 } }),
      'a/results/m-3/games.json': result({ 0: { correct: null } }),
    });
    assert.deepEqual(
      record.samples.map(({ dataset, key, prompt }) => [dataset, key, prompt]),
      [
        ['toys', '0', 'Two?'],
        ['toys', '1', 'Spare?'],
        ['toys', '2', undefined],
        ['games', '0', 'Game?'],
      ],
    );
    assert.equal(record.scores.at(-1).value, null);
  });

  it('put partitions together, whether their numbers go on or begin again', async () => {
    const results = { 'r/results/m/toys.json': result({ 0: { correct: 1 }, 1: { correct: 0 }, 2: { correct: 1 } }) };
    const asks = (...texts) => texts.map((text) => ({ origin_prompt: text }));
    for (const second of [{ 0: asks('c')[0] }, { 2: asks('c')[0] }]) {
      const record = await imported(openCompassImporter, {
        ...results,
        'r/predictions/m/toys_0.json': { ...asks('a', 'b') },
        'r/predictions/m/toys_1.json': second,
      });
      assert.deepEqual(
        record.samples.map(({ prompt }) => prompt),
        ['a', 'b', 'c'],
      );
    }
    const numbered = await imported(openCompassImporter, {
      'r/results/m/level_1.json': result([{ correct: 1 }]),
      'r/results/m/level_2.json': result([{ correct: 1 }]),
      'r/results/m/one_0.json': result([{ correct: 1 }]),
    });
    assert.deepEqual(scoreLines(numbered), ['level_1/0 m correct=1', 'level_2/0 m correct=1', 'one_0/0 m correct=1']);
    const gap = { 'r/results/m/toys_0.json': result([]), 'r/results/m/toys_2.json': result([]) };
    await refusedBy(openCompassImporter, gap, /toys_0\.json: expected toys_1\.json/);
  });

  it('count entries without an outcome', async () => {
    const record = await imported(openCompassImporter, {
      [RESULTS]: result({
        0: { prompt: 'a', pred: 'b' },
        1: { correct: [true, false] },
        2: { correct: {}, is_correct: true },
      }),
    });
    assert.deepEqual(record.dropped, { no_score: 2 });
    assert.deepEqual(scoreLines(record), ['toys/2 m-1 correct=1']);
  });

  it('claim their own files and no others that lie in such folders', async () => {
    const mine = {
      [RESULTS]: result({}),
      [`${ROOT}/predictions/m/toys.json`]: { 0: {} },
      [`${ROOT}/summary/summary_20240701_120000.csv`]: 'dataset,version',
      [`${ROOT}/configs/20240701_120000.py`]: 'x = 1',
      'results/m/broken.json': '',
    };
    const others = {
      'results/m/results_2024-07-01T12-30-00.json': { results: {} },
      'results/m/log.json': { version: 2, status: 'success', eval: {} },
      'results/m/x.json': { model_name: 'm', dataset_name: 'd', records: [] },
      'results/m/list.json': [],
      'other/m/toys.json': result({}),
    };
    assert.deepEqual(await claimed(openCompassImporter, { ...mine, ...others }), Object.keys(mine).sort());
  });

  it('are refused without details, with the option that writes them', async () => {
    const cases = [
      [{ accuracy: 50 }, 'got nothing'],
      [result({}), 'an object that holds none'],
      [result([]), 'a list that holds none'],
      [result(5), 'the number 5'],
      [result(null), 'null'],
      [[], 'nothing'],
    ];
    for (const [content, got] of cases) {
      await refusedBy(
        openCompassImporter,
        { [RESULTS]: content },
        new RegExp(`toys\\.json: .*${got}.*--dump-eval-details`),
      );
    }
    await refusedBy(openCompassImporter, { 'r/predictions/m/toys.json': { 0: {} } }, /toys\.json.*results\/<model>/);
    await refusedBy(openCompassImporter, { 'toys.json': result({}) }, /toys\.json.*results\/<model>/);
  });

  it('are refused where entries are no objects, or files are damaged', async () => {
    await refusedBy(openCompassImporter, { [RESULTS]: result({ 3: 'x' }) }, /toys\.json: 'details\.3'.*a text/);
    const predictions = { [RESULTS]: result({ 0: { correct: 1 } }), 'a/predictions/m/toys.json': { 0: 5 } };
    await refusedBy(openCompassImporter, predictions, /predictions\/m\/toys\.json: entry '0'.*number 5/);
    for (const bad of ['', '{"details": {"0": {', '<html>', Uint8Array.of(0x7b, 0xff)]) {
      await refusedBy(openCompassImporter, { [RESULTS]: bad }, /results\/m-1\/toys\.json/);
    }
  });

  it('keep names such as __proto__ what they are', async () => {
    const text = '{"details": {"__proto__": {"correct": true, "prompt": "a?"}, "0": {"__proto__": {"correct": true}}}}';
    const record = await imported(openCompassImporter, { 'results/__proto__/constructor.json': text });
    assert.deepEqual(scoreLines(record), ['constructor/__proto__ __proto__ correct=1']);
    assert.deepEqual(record.dropped, { no_score: 1 });
    assert.equal({}.correct, undefined);
  });
});

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

  it('turn grades, numbers, flags and dictionaries into scores', async () => {
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

  it('are joined over models, gzipped or not, in whatever order a log comes', async () => {
    const { samples, ...rest } = log([sample(1, 'C')]);
    const record = await imported(inspectImporter, {
      'logs/a.json': { samples, ...rest },
      'logs/b.json.gz': log([sample('1', 'I')], { eval: spec('lab/n'), status: 'error' }),
      'logs/logs.json': { 'a.json': rest },
    });
    assert.deepEqual(scoreLines(record), ['pack/toys/1 lab/m match=1', 'pack/toys/1 lab/n match=0']);
  });

  it('average epochs, leave out null, and average tokens', async () => {
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
    assert.deepEqual(record.scores[0].figures, { tokensIn: 15, tokensOut: 5 });
    assert.deepEqual(record.dropped, { failed: 2 });
  });

  it('find the prompt in messages, and NaN for no value', async () => {
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

  it('are read the same wherever a piece of the file ends', async () => {
    // Pieces are 1 MiB: the padding puts the sign at the end of the first one.
    const [before, after] = JSON.stringify(log([sample(1, 'HERE')])).split('"HERE"');
    const text = `${before}${' '.repeat(2 ** 20 - before.length - 1)}-Infinity${after}`;
    assert.equal((await imported(inspectImporter, { 'a.json': text })).scores[0].value, null);
  });

  it('are claimed by what they begin with', async () => {
    const mine = {
      'a.json': log([]),
      'b.eval': '',
      'logs.json': { a: { eval: {} } },
      'c.json': '{"version": 2, "eval": {"task": "x',
    };
    const others = { 'd.json': { eval: 1 }, 'e.json': { data: { eval: {} } }, 'f.jsonl': '{"version":2,"eval":{}}' };
    assert.deepEqual(await claimed(inspectImporter, { ...mine, ...others }), Object.keys(mine).sort());
  });

  it('are read from archives that are stored, deflated or of zstd', async () => {
    for (const method of ['stored', 'deflate', 'zstd']) {
      const bytes = await archive([sample('a/b', 'C'), sample('c', 'I'), sample('c', 'C', { epoch: 2 })], method);
      const record = await imported(inspectImporter, { 'logs/x.eval': bytes });
      assert.deepEqual(scoreLines(record), ['pack/toys/a/b lab/m match=1', 'pack/toys/c lab/m match=0.5'], method);
    }
  });

  it('are read from an archive that was not finished', async () => {
    const bytes = await zip(
      ['_journal/start.json', { version: 2, eval: spec() }],
      ['samples/1_epoch_1.json', sample(1, 'C')],
    );
    assert.equal((await imported(inspectImporter, { 'x.eval': bytes })).scores.length, 1);
    const headless = await zip(['samples/1_epoch_1.json', sample(1, 'C')]);
    await refusedBy(inspectImporter, { 'x.eval': headless }, /x\.eval: no object at 'eval'/);
  });

  it('never take the names of members for paths', async () => {
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

  it('are refused where members are bombs', async () => {
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

  it('are refused where an archive or a member is cut', async () => {
    const bytes = await archive([sample('a', 'C')], 'deflate');
    for (const length of [0, 3, 30, bytes.length >> 1, bytes.length - 1]) {
      await refusedBy(inspectImporter, { 'x.eval': bytes.subarray(0, length) }, /x\.eval/);
    }
    await refusedBy(inspectImporter, { 'x.eval': 'no archive' }, /x\.eval: not a zip/);
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

  it('are refused where a field has another type', async () => {
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
      [JSON.stringify(log([sample(1, 'C')])).slice(0, -3), /a\.json: not JSON: it ends too early/],
      ['', /a\.json: not JSON/],
      ['{"eval": {]', /a\.json: not JSON/],
      [Uint8Array.of(0x7b, 0xff), /a\.json: not UTF-8/],
    ];
    for (const [content, pattern] of cases) await refusedBy(inspectImporter, { 'a.json': content }, pattern);
    assert.deepEqual((await read([], { status: 'error' })).dropped, { failed: 1 });
  });

  it('keep names such as __proto__ what they are', async () => {
    const scores = own('{"__proto__": {"value": {"__proto__": "C"}}}');
    const record = await read(
      [sample('__proto__', 'C', { scores, model_usage: own('{"__proto__": {"input_tokens": 4}}') })],
      {
        eval: spec('__proto__'),
      },
    );
    assert.deepEqual(scoreLines(record), ['pack/toys/__proto__ __proto__ __proto__/__proto__=1']);
    assert.equal(record.scores[0].figures.tokensIn, 4);
    const text = JSON.stringify(log([])).replace('"samples":[]', '"samples":[{"__proto__":{"id":1}}]');
    await refusedBy(inspectImporter, { 'a.json': text }, /sample 0: no text at 'id'/);
  });

  it('stop when they are told to', async () => {
    const signal = AbortSignal.abort('enough');
    for (const contents of [
      { 'a.json': log([sample(1, 'C')]) },
      { 'a.eval': await archive([sample(1, 'C')], 'deflate') },
    ]) {
      await refused(imported(inspectImporter, contents, { signal }), 'aborted');
    }
  });
});
