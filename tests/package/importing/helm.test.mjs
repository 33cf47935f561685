// Imports HELM run folders, valid and hostile.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { helmImporter } from '../../../dist/importing/sources/helm.js';
import { refused } from '../support/fixtures.mjs';
import { claimed, imported, scoreLines } from './fixtures.mjs';

const refusedBy = (importer, contents, pattern, code = 'invalid_argument') =>
  refused(imported(importer, contents), code, pattern);
const _own = (text) => JSON.parse(text);

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

  it('are joined over models, for any model in the name of the run', async () => {
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
    const { tokensIn, tokensOut, repeats } = record.scores.at(-1).answer;
    assert.deepEqual([tokensIn, tokensOut, repeats], [9, 4, true]);
  });

  it('are read if gzipped, and their other files are claimed and ignored', async () => {
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

  it('average trials, join the requests of a sample, and use sum and count if the mean is missing', async () => {
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

  it('drop and count each perturbed copy once', async () => {
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

  it('count entries in only one file, and skip other splits and entries without a score', async () => {
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

  it('have the last turns of a conversation, or the text between pictures, as their prompt', async () => {
    const messages = [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Help me.' },
      { role: 'assistant', content: 'With what?' },
      { role: 'user', content: 'How far is up?' },
    ];
    const media_objects = [
      { content_type: 'image/png', location: 'x.png' },
      { content_type: 'text/plain', text: 'Who?' },
    ];
    const asks = (id, input, request = {}) => ({ ...state(id, ''), instance: { id, input, split: 'test' }, request });
    const states = [
      asks('id1', { text: '', messages }),
      asks('id2', { text: '', multimedia_content: { media_objects } }),
      asks('id3', { text: '' }, { prompt: '', messages }),
      asks('id4', { text: '' }, { prompt: '' }),
    ];
    const record = await imported(
      helmImporter,
      run(
        't',
        'm',
        states,
        states.map((_, i) => entry(`id${i + 1}`, [stat('em', 1)])),
      ),
    );
    assert.deepEqual(
      record.samples.map(({ prompt }) => prompt),
      ['How far is up?', 'Who?', 'How far is up?'],
    );
    assert.deepEqual(record.dropped, { no_prompt: 1 });
  });

  it('that are not whole are left out by name, if another run is whole', async () => {
    const record = await imported(helmImporter, {
      ...base(),
      'suite/late:model=b_m/run_spec.json': { name: 'late:model=b_m', adapter_spec: { model: 'b/m' } },
      'suite/lost:model=b_m/per_instance_stats.json': [entry('id1', [stat('exact_match', 1)])],
      ...run('suite/none:model=b_m', 'b/m', [], []),
      ...run('suite/open:model=b_m', 'b/m', [state('id1', 'How far?')], []),
    });
    assert.deepEqual(scoreLines(record), ['toys:level=1/id1 a/m exact_match=1']);
    assert.deepEqual(record.details.sort(), [
      'incomplete suite/late:model=b_m/run_spec.json: no scenario_state.json and per_instance_stats.json in the same folder',
      'incomplete suite/lost:model=b_m/per_instance_stats.json: no scenario_state.json in the same folder',
      "incomplete suite/none:model=b_m/scenario_state.json: expected a scenario state with requests, got no entry in 'request_states'",
      'incomplete suite/open:model=b_m/per_instance_stats.json: expected a list of statistics, got none',
    ]);
  });

  /** Returns a run of one instance with these settings. */
  const adapted = (folder, name, adapter_spec, more = {}, mean = 1) => ({
    [`${folder}/run_spec.json`]: { name, adapter_spec, ...more },
    [`${folder}/scenario_state.json`]: { adapter_spec, request_states: [state('id1', 'How far is up?')] },
    [`${folder}/per_instance_stats.json`]: [entry('id1', [stat('em', mean)])],
  });
  const namesOf = ({ scores }) => scores.map(({ dataset, model }) => `${dataset} | ${model}`).sort();

  it('are of other datasets if shots, arguments of the scenario or annotators differ', async () => {
    const m = { model: 'a/m', max_train_instances: 5 };
    const record = await imported(helmImporter, {
      ...adapted('v1/t:model=a_m', 't:model=a_m', m),
      ...adapted('v2/t:model=a_m', 't:model=a_m', { ...m, max_train_instances: 0 }),
    });
    assert.deepEqual(namesOf(record), ['t (max_train_instances=0) | a/m', 't (max_train_instances=5) | a/m']);
    const others = await imported(helmImporter, {
      ...adapted('v1/t:model=a_m', 't:model=a_m', m, { scenario_spec: { args: { part: 'x' } } }),
      ...adapted('v2/t:model=b_m', 't:model=b_m', { ...m, model: 'b/m' }, { scenario_spec: { args: { part: 'y' } } }),
      ...adapted('v3/s:model=a_m', 's:model=a_m', m, { annotators: [{ class_name: 'Judge', args: { n: 1 } }] }),
      ...adapted('v4/s:model=b_m', 's:model=b_m', { ...m, model: 'b/m' }, { annotators: [] }),
    });
    assert.deepEqual(namesOf(others), [
      's (annotators=[{"args":{"n":1},"class_name":"Judge"}]) | a/m',
      's | b/m',
      't (part=x) | a/m',
      't (part=y) | b/m',
    ]);
  });

  it('are of other models if deployment or sampling differ, and repetitions if nothing does', async () => {
    const record = await imported(helmImporter, {
      ...adapted('v1/t:model=a_m', 't:model=a_m', { model: 'a/m', model_deployment: 'x/m', random: '1' }),
      ...adapted('v2/t:model=a_m', 't:model=a_m', { model: 'a/m', model_deployment: 'y/m', random: '2' }),
    });
    assert.deepEqual(namesOf(record), ['t | a/m (model_deployment=x/m)', 't | a/m (model_deployment=y/m)']);
    const repeated = await imported(helmImporter, {
      ...adapted('v1/t:model=a_m', 't:model=a_m', { model: 'a/m', random: '1' }),
      ...adapted('v2/t:model=a_m', 't:model=a_m', { model: 'a/m', random: '2' }, {}, 0),
    });
    assert.deepEqual(scoreLines(repeated), ['t/id1 a/m em=0', 't/id1 a/m em=1']);
    assert.ok(repeated.scores.every(({ answer }) => answer.repeats));
  });

  it('are of one dataset if HELM adapted the instructions to a model, of two if it did so for one model', async () => {
    const other = { model: 'b/m', instructions: 'Answer with a letter.' };
    const record = await imported(helmImporter, {
      ...adapted('v1/t:model=a_m', 't:model=a_m', { model: 'a/m', instructions: '' }),
      ...adapted('v1/t:model=b_m', 't:model=b_m', other),
    });
    assert.deepEqual(namesOf(record), ['t | a/m', 't | b/m']);
    const changed = await imported(helmImporter, {
      ...adapted('v1/t:model=b_m', 't:model=b_m', other),
      ...adapted('v2/t:model=b_m', 't:model=b_m', { ...other, instructions: 'Think.' }),
    });
    assert.deepEqual(namesOf(changed), [
      't (instructions=Answer with a letter.) | b/m',
      't (instructions=Think.) | b/m',
    ]);
  });

  it('tell the metrics of which less is better', async () => {
    const names = ['exact_match', 'toxic_frac', 'wer_score', 'ece_10_bin', 'rouge_l', 'bits_per_byte', 'max_prob'];
    const record = await imported(
      helmImporter,
      run(
        't',
        'm',
        [state('id1', 'a?')],
        [
          entry(
            'id1',
            names.map((name) => stat(name, 0.2)),
          ),
        ],
      ),
    );
    assert.deepEqual(record.lower, ['t toxic_frac', 't wer_score', 't ece_10_bin', 't bits_per_byte']);
  });

  it('say whether the answer ended at a length limit, and do not count failed requests', async () => {
    const ended = (reason, success = true) => ({
      result: { success, completions: [{ text: 'x', ...(reason === undefined ? {} : { finish_reason: { reason } }) }] },
    });
    const states = [
      { ...state('id1', 'a?'), ...ended('length') },
      { ...state('id2', 'b?'), ...ended('stop') },
      { ...state('id3', 'c?'), ...ended(undefined) },
      { ...state('id4', 'd?'), ...ended(undefined) },
      { ...state('id5', 'e?'), ...ended('stop', false) },
    ];
    const stats = states.map(({ instance: { id } }) => entry(id, [stat('em', 1)]));
    stats[2].stats.push(stat('finish_reason_length', 1));
    stats[3].stats.push(stat('finish_reason_length', 0), stat('finish_reason_unknown', 1));
    const record = await imported(helmImporter, run('t', 'm', states, stats));
    assert.deepEqual(
      record.scores.map(({ answer }) => answer.isCutOff),
      [true, false, true, undefined],
    );
    assert.deepEqual(record.dropped, { failed: 1 });
  });

  it('of other instances under the same numbers are joined by their prompts', async () => {
    const asks = (...texts) => texts.map((text, i) => state(`id${i}`, text));
    const scores = [entry('id0', [stat('em', 1)]), entry('id1', [stat('em', 0)])];
    const record = await imported(helmImporter, {
      ...run('v/t:model=a', 'a', asks('One?', 'Two?'), scores),
      ...run('v/t:model=b', 'b', asks('Two?', 'Three?'), scores),
    });
    const rows = record.scores.map(({ sample, model, value }) => [record.samples[sample].prompt, model, value]);
    assert.deepEqual(rows, [
      ['One?', 'a', 1],
      ['Two?', 'a', 0],
      ['Two?', 'b', 1],
      ['Three?', 'b', 0],
    ]);
    assert.equal(record.samples.length, 3);
  });

  it('are refused if one of the two files is missing', async () => {
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

  it('are refused if a field has another type', async () => {
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

  it('treat names such as __proto__ as plain names', async () => {
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

  it('are refused if they are truncated, empty or not text', async () => {
    for (const name of [SPEC, STATE, STATS]) {
      const pattern = new RegExp(name.split('/').at(-1));
      const whole = JSON.stringify(base()[name]);
      await refusedBy(helmImporter, { ...base(), [name]: whole.slice(0, -2) }, pattern);
      await refusedBy(helmImporter, { ...base(), [name]: '' }, pattern);
      await refusedBy(helmImporter, { ...base(), [name]: Uint8Array.of(0x22, 0xff, 0xfe) }, pattern);
    }
  });
});
