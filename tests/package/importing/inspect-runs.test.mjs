// Tells the runs in logs of inspect_ai apart: settings, versions, repetitions, and answers that do not count.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspectImporter } from '../../../dist/importing/sources/inspect.js';
import { refused } from '../support/fixtures.mjs';
import { imported, recordingSink, scoreLines, zip } from './fixtures.mjs';

/** Returns the specification of a run, in the form of current versions. */
const spec = (more = {}) => ({
  eval_id: 'e1',
  run_id: 'r1',
  task_id: 't1',
  created: '2026-03-01T10:00:00+00:00',
  task: 'rivers',
  task_version: 0,
  task_args: { depth: 'low' },
  task_args_passed: {},
  model: 'lab/m',
  model_generate_config: {},
  model_args: {},
  config: { epochs: 1 },
  scorers: [{ name: 'match', options: {} }],
  ...more,
});
const sample = (id, value, more = {}) => ({
  id,
  epoch: 1,
  input: `How long is river ${id}?`,
  output: { choices: [{ stop_reason: 'stop' }] },
  scores: { match: { value } },
  ...more,
});
const log = (of, samples, more = {}) => ({
  version: 2,
  status: 'success',
  eval: spec(of),
  plan: { steps: [{ solver: 'generate', params: {} }] },
  stats: { completed_at: '2026-03-01T10:05:00+00:00' },
  ...more,
  samples,
});
const read = (contents) => imported(inspectImporter, contents);
/** Another run: other ids. */
const other = (n, more = {}) => ({ eval_id: `e${n}`, run_id: `r${n}`, task_id: `t${n}`, ...more });
const namesOf = ({ scores }) => scores.map(({ dataset, model, metric }) => `${dataset} | ${model} | ${metric}`);

describe('runs in logs of inspect_ai', () => {
  it('are of other datasets if the arguments, the version or the limits of the task differ', async () => {
    const record = await read({
      'a.json': log({}, [sample('x', 'C')]),
      'b.json': log(other(2, { task_args: { depth: 'high' }, task_args_passed: { depth: 'high' } }), [
        sample('x', 'I'),
      ]),
    });
    assert.deepEqual(scoreLines(record), ['rivers (depth=high)/x lab/m match=0', 'rivers (depth=low)/x lab/m match=1']);
    const others = await read({
      'a.json': log({}, [sample('x', 'C')]),
      'b.json': log(other(2, { task_version: 3 }), [sample('x', 'I')]),
      'c.json': log(other(3, { config: { message_limit: 5 } }), [sample('x', 'I')]),
      'd.json': log(other(4, { model_roles: { grader: { model: 'lab/judge', config: {} } } }), [sample('x', 'I')]),
    });
    assert.deepEqual(others.samples.map(({ dataset }) => dataset).sort(), [
      'rivers',
      'rivers (grader=lab/judge)',
      'rivers (message_limit=5)',
      'rivers (task_version=3)',
    ]);
  });

  it('are of one dataset if an older version logged the same arguments without defaults', async () => {
    const { task_args_passed: _, ...old } = spec({ ...other(2), model: 'lab/n', task_args: {} });
    const record = await read({
      'a.json': log({}, [sample('x', 'C')]),
      'b.json': { ...log({}, [sample('x', 'I')]), eval: old },
    });
    assert.deepEqual(scoreLines(record), ['rivers/x lab/m match=1', 'rivers/x lab/n match=0']);
  });

  it('are of other models if effort, arguments or solver differ, but not for seeds, timeouts and connections', async () => {
    const config = (n, model_generate_config) => log(other(n, { model_generate_config }), [sample('x', 'C')]);
    const record = await read({
      'a.json': config(1, { reasoning_effort: 'low', max_connections: 4, seed: 1 }),
      'b.json': config(2, { reasoning_effort: 'high', max_connections: 8, seed: 2, timeout: 9 }),
      'c.json': log(other(3, { model: 'lab/n', model_args: { variant: 'q4', api_key: 'k' } }), [sample('x', 'C')]),
      'd.json': log(other(4, { model: 'lab/n', model_args: { variant: 'q8' } }), [sample('x', 'C')]),
      'e.json': log(other(5, { model: 'lab/o' }), [sample('x', 'C')]),
      'f.json': log(other(6, { model: 'lab/o', solver: 'cot', solver_args: { n: 3 } }), [sample('x', 'C')]),
    });
    assert.deepEqual([...new Set(record.scores.map(({ model }) => model))].sort(), [
      'lab/m (reasoning_effort=high)',
      'lab/m (reasoning_effort=low)',
      'lab/n (variant=q4)',
      'lab/n (variant=q8)',
      'lab/o',
      'lab/o (solver=cot {"n":"3"})',
    ]);
    assert.equal(record.samples.length, 1);
  });

  it('are of other models if the solvers of the task changed between them', async () => {
    const steps = [{ solver: 'chain_of_thought' }, { solver: 'inspect_ai/generate' }];
    const record = await read({
      'a.json': log({}, [sample('x', 'C')]),
      'b.json': log(other(2), [sample('x', 'I')], { plan: { steps } }),
    });
    assert.deepEqual(scoreLines(record), [
      'rivers/x lab/m (solver=chain_of_thought, generate) match=0',
      'rivers/x lab/m (solver=generate) match=1',
    ]);
  });

  it("are of other models if the task's own generate config changed between them", async () => {
    const plan = (temperature) => ({ plan: { steps: [{ solver: 'generate' }], config: { temperature, seed: 1 } } });
    const record = await read({
      'a.json': log({}, [sample('x', 'C')], plan(0)),
      'b.json': log(other(2), [sample('x', 'I')], plan(1)),
      'c.json': log(other(3, { model: 'lab/n' }), [sample('x', 'I')], plan(1)),
    });
    assert.deepEqual(scoreLines(record), [
      'rivers/x lab/m (temperature=0) match=1',
      'rivers/x lab/m (temperature=1) match=0',
      'rivers/x lab/n match=0',
    ]);
  });

  it('have other metrics if a scorer has other options, such as the judge', async () => {
    const judged = (n, model, judge) =>
      log(other(n, { model, scorers: [{ name: 'match', options: { model: judge } }] }), [sample('x', 'C')]);
    const record = await read({
      'a.json': judged(1, 'lab/m', 'lab/judge-1'),
      'b.json': judged(2, 'lab/n', { model: 'lab/judge-2', config: {} }),
    });
    assert.deepEqual(namesOf(record), [
      'rivers | lab/m | match (model: lab/judge-1)',
      'rivers | lab/n | match (model: lab/judge-2)',
    ]);
    const same = await read({ 'a.json': judged(1, 'lab/m', 'j'), 'b.json': judged(2, 'lab/n', 'j') });
    assert.deepEqual([...new Set(same.scores.map(({ metric }) => metric))], ['match']);
    // Older versions log the options with the results.
    const { scorers: _, ...old } = spec(other(3, { model: 'lab/n' }));
    const results = { scores: [{ name: 'match', scorer: 'match', params: { model: 'k' } }] };
    const mixed = await read({
      'a.json': judged(1, 'lab/m', 'j'),
      'b.json': { ...log({}, [sample('x', 'C')], { results }), eval: old },
    });
    assert.deepEqual(
      mixed.scores.map(({ metric }) => metric),
      ['match (model: j)', 'match (model: k)'],
    );
  });

  it('are repetitions with equal settings: every score is passed on to be averaged', async () => {
    const record = await read({
      'a.json': log({}, [sample('x', 'C')]),
      'b.json': log(other(2), [sample('x', 'I')]),
    });
    assert.deepEqual(scoreLines(record), ['rivers/x lab/m match=0', 'rivers/x lab/m match=1']);
    assert.ok(record.scores.every(({ answer }) => answer.repeats));
  });
});

it('the head of a log is read without its samples', async () => {
  const input = 'long '.repeat(2 ** 19);
  const bytes = new TextEncoder().encode(JSON.stringify(log({}, [sample('x', 'C'), sample('y', 'C', { input })])));
  let read = 0;
  const slice = async (start, end) => {
    read += end - start;
    return bytes.slice(start, end);
  };
  const { sink, record } = recordingSink();
  await inspectImporter.read([{ path: 'a.json', size: bytes.length, slice }], { sink });
  assert.equal(record.scores.length, 2);
  assert.ok(read < 1.6 * bytes.length, `${read} of ${bytes.length} bytes`);
});

describe('logs of older versions of inspect_ai', () => {
  const old = (model, config, score) => ({
    version: 1,
    status: 'success',
    eval: { run_id: 'r', task_id: model, created: '2024-02-01T10:00:00', task: 'rivers', task_args: {}, model },
    plan: { steps: [{ solver: 'generate' }], config },
    results: { scorer: { name: 'match', params: {} }, metrics: {} },
    stats: { completed_at: '2024-02-01T10:05:00' },
    samples: [{ id: 'x', epoch: 1, input: 'How long?', target: '1', score: { value: score, answer: '1' } }],
  });

  it('have one score for each sample, named after the scorer', async () => {
    const record = await read({ 'a.json': old('lab/m', {}, 'C'), 'b.json': log(other(2), [sample('x', 'I')]) });
    assert.deepEqual(scoreLines(record), ['rivers/x lab/m match=0', 'rivers/x lab/m match=1']);
  });

  it("have the model's settings with the plan", async () => {
    const high = old('lab/m', { reasoning_effort: 'high', timeout: 3 }, 'I');
    high.eval.task_id = 'other';
    const record = await read({ 'a.json': old('lab/m', { reasoning_effort: 'low' }, 'C'), 'b.json': high });
    assert.deepEqual(scoreLines(record), [
      'rivers/x lab/m (reasoning_effort=high) match=0',
      'rivers/x lab/m (reasoning_effort=low) match=1',
    ]);
  });
});

describe('versions of a log of inspect_ai', () => {
  const event = (timestamp) => ({ events: [{ event: 'model', timestamp }] });
  const first = '2026-03-01T10:01:00.5+00:00';
  const later = '2026-03-02T08:00:00+00:00';
  /** Scored anew: only the events of the samples tell when. */
  const anew = (value, time = later) => log({}, [sample('x', value, event(time)), sample('y', value, event(first))]);

  it('count once, with the newest score, for any names of the files', async () => {
    for (const [older, newer] of [
      ['a.json', 'b.json'],
      ['b.json', 'a.json'],
    ]) {
      const record = await read({ [older]: anew('C', first), [newer]: anew('I') });
      assert.deepEqual(scoreLines(record), ['rivers/x lab/m match=0', 'rivers/y lab/m match=0'], newer);
      assert.deepEqual(record.details, [`superseded ${older}`]);
    }
    const archive = await zip(
      ['_journal/start.json', { version: 2, eval: spec() }],
      ['samples/x_epoch_1.json', sample('x', 'I', event(later))],
      ['header.json', { version: 2, status: 'success', eval: spec(), stats: log().stats }],
    );
    const record = await read({ 'b.json': anew('C', first), 'a.eval': archive });
    assert.deepEqual(scoreLines(record), ['rivers/x lab/m match=0']);
  });

  it('are dated by edits of scores and of the log, too', async () => {
    const history = [{ value: 'C' }, { value: 'I', provenance: { timestamp: later, author: 'x' } }];
    const edited = log({}, [sample('x', 'I', { scores: { match: { value: 'I', history } }, ...event(first) })]);
    const original = log({}, [sample('x', 'C', event(first))]);
    assert.deepEqual(scoreLines(await read({ 'a.json': edited, 'b.json': original })), ['rivers/x lab/m match=0']);
    const log_updates = [{ edits: [], provenance: { timestamp: '2026-03-03T00:00:00Z' } }];
    const tagged = log({}, [sample('x', 'C', event(first))], { log_updates });
    assert.deepEqual(scoreLines(await read({ 'a.json': tagged, 'b.json': edited })), ['rivers/x lab/m match=1']);
  });

  it('are told apart by the name that inspect score gives, if the times are equal', async () => {
    const names = ['x.json', 'x-scored.json', 'x-scored-1.json'];
    for (const [newest, value] of names.entries()) {
      const contents = names.slice(0, newest + 1).map((name, i) => [name, log({}, [sample('x', 10 * i)])]);
      const record = await read(Object.fromEntries(contents));
      assert.deepEqual(scoreLines(record), [`rivers/x lab/m match=${10 * newest}`], value);
    }
  });

  it('are a retry, unless it did not finish', async () => {
    const failed = log({}, [sample('x', 'I')], { status: 'error' });
    const retry = { eval_id: 'e9', run_id: 'r9', created: '2026-03-05T10:00:00+00:00' };
    const record = await read({ 'a.json': failed, 'b.json': log(retry, [sample('x', 'C'), sample('y', 'C')]) });
    assert.deepEqual(scoreLines(record), ['rivers/x lab/m match=1', 'rivers/y lab/m match=1']);
    const broken = await read({
      'a.json': log({}, [sample('x', 'C')]),
      'b.json': log(retry, [sample('x', 'I')], { status: 'cancelled' }),
      'c.json': log(retry, [], { status: 'started' }),
    });
    assert.deepEqual(scoreLines(broken), ['rivers/x lab/m match=1']);
    assert.deepEqual(broken.dropped, { incomplete: 1, superseded: 1 });
  });

  it('are not assumed for another model, task or setting, or without ids', async () => {
    const record = await read({
      'a.json': log({}, [sample('x', 'C')]),
      'b.json': log({ model: 'lab/n' }, [sample('x', 'C')]),
      'c.json': log({ task: 'lakes' }, [sample('x', 'C')]),
      'd.json': log({ model_generate_config: { temperature: 1 } }, [sample('x', 'C')]),
    });
    assert.deepEqual(record.dropped, {});
    const { eval_id: _, run_id: __, task_id: ___, ...none } = spec();
    const plain = { ...log({}, [sample('x', 'C')]), eval: none };
    assert.equal((await read({ 'a.json': plain, 'b.json': plain })).scores.length, 2);
  });
});

describe('samples in logs of inspect_ai', () => {
  it('do not count if they failed, were declared invalid or not scored', async () => {
    const record = await read({
      'a.json': log({}, [
        sample('a', 'C'),
        sample('b', 'C', { error: { message: 'refused' } }),
        sample('c', 'C', { invalidation: { author: 'x', reason: 'wrong target' } }),
        sample('d', 'C', { scores: {} }),
        sample('e', null),
      ]),
    });
    assert.deepEqual(scoreLines(record), ['rivers/a lab/m match=1', 'rivers/e lab/m match=null']);
    assert.deepEqual(record.dropped, { failed: 1, invalidated: 1, unscored: 1 });
  });

  it('without any score are refused, unless they failed', async () => {
    const unscored = log({}, [sample('a', 'C', { scores: {} }), sample('b', 'C', { scores: null })]);
    await refused(read({ 'a.json': unscored }), 'invalid_argument', /a\.json: no scores in these logs.*scorer/);
    const failed = log({}, [sample('a', 'C', { error: { message: 'refused' } })]);
    assert.deepEqual((await read({ 'a.json': failed })).dropped, { failed: 1 });
  });

  it('are left out with a log that has none, by name, if another has some', async () => {
    const started = await zip(['_journal/start.json', { version: 2, eval: spec(other(3)) }]);
    const record = await read({
      'logs/a.json': log({}, [sample('x', 'C')]),
      'logs/b.json': log(other(2), []),
      'logs/c.eval': started,
    });
    assert.equal(record.scores.length, 1);
    assert.deepEqual(record.details, [
      'incomplete logs/b.json: no samples (written with --no-log-samples?)',
      'incomplete logs/c.eval: no samples (ended before its first sample)',
    ]);
  });

  it('say whether the answer ended at a limit', async () => {
    const stop = (stop_reason) => ({ output: { choices: [{ stop_reason }] } });
    const limit = (type) => ({ limit: { type, limit: 5 } });
    const cases = [
      [stop('stop'), false],
      [stop('max_tokens'), true],
      [stop('model_length'), true],
      [stop('length'), true],
      [limit('token'), true],
      [limit('context'), true],
      [limit('operator'), false],
      [{ output: { choices: [] } }, undefined],
      [{ output: undefined }, undefined],
    ];
    const { scores } = await read({
      'a.json': log(
        {},
        cases.map(([more], i) => sample(`q-${i}`, 'C', more)),
      ),
    });
    assert.deepEqual(
      scores.map(({ answer }) => answer.isCutOff),
      cases.map(([, isCutOff]) => isCutOff),
    );
  });

  it('have the cost, and the tokens of the input with those of a cache, of their own model', async () => {
    const used = (usage) => ({ model_usage: { 'lab/m': usage, 'lab/judge': { input_tokens: 7, total_cost: 9 } } });
    const usage = { input_tokens: 6, output_tokens: 4, input_tokens_cache_read: 1000, input_tokens_cache_write: 20 };
    const cases = [
      [{ ...usage, total_tokens: 1030, total_cost: 0.002 }, [1026, 4, 0.002]],
      // Older versions counted the cached tokens in `input_tokens`.
      [
        { input_tokens: 1006, output_tokens: 4, input_tokens_cache_read: 1000, total_tokens: 1010 },
        [1006, 4, undefined],
      ],
      [{ input_tokens: 6, output_tokens: 4 }, [6, 4, undefined]],
    ];
    const { scores } = await read({
      'a.json': log(
        {},
        cases.map(([one], i) => sample(`q-${i}`, 'C', used(one))),
      ),
    });
    assert.deepEqual(
      scores.map(({ answer: { tokensIn, tokensOut, costUsd } }) => [tokensIn, tokensOut, costUsd]),
      cases.map(([, answer]) => answer),
    );
  });

  it('have the question that was asked last as their prompt', async () => {
    const turn = (role, content) => ({ role, content });
    const input = [
      turn('system', 'Be brief.'),
      turn('user', 'How long is the Rhine?'),
      turn('assistant', '1230 km'),
      turn('user', [
        { type: 'text', text: 'And the Oder?' },
        { type: 'image', image: 'data:' },
      ]),
      turn('user', 'In km. attachment://0af3'),
      turn('assistant', 'The Oder is'),
    ];
    const record = await read({
      'a.json': log({}, [sample('x', 'C', { input, attachments: { '0af3': 'Round it.' } })]),
    });
    assert.equal(record.samples[0].prompt, 'And the Oder?\nIn km. Round it.');
  });

  it('with numbers for ids are told apart by their prompts, and joined by them', async () => {
    const asks = (input) => ({ input });
    const contents = {
      'a.json': log({}, [sample(1, 'C', asks('One?')), sample(2, 'C', asks('Two?')), sample(3, 'C', asks('Three?'))]),
      'b.json': log(other(2, { model: 'lab/n', created: '2026-03-02T10:00:00Z' }), [
        sample(1, 'I', asks(' One?\n')),
        sample(2, 'I', asks('Three?')),
        sample(3, 'I', asks('Four?')),
      ]),
    };
    const record = await read(contents);
    const asked = (of, model) =>
      of.scores.filter((score) => score.model === model).map(({ sample: row, key }) => [of.samples[row].prompt, key]);
    assert.deepEqual(asked(record, 'lab/m'), [
      ['One?', '1'],
      ['Two?', '2'],
      ['Three?', '3'],
    ]);
    const [one, two, three] = asked(record, 'lab/n');
    assert.deepEqual(
      [one, two],
      [
        ['One?', '1'],
        ['Three?', '3'],
      ],
    );
    assert.match(three.join(' '), /^Four\? 3 [0-9a-f]{16}$/);
    const renamed = await read({ 'z.json': contents['a.json'], 'y.json': contents['b.json'] });
    assert.deepEqual(scoreLines(renamed), scoreLines(record));
  });

  it('with names for ids stay one sample if the prompts differ', async () => {
    const record = await read({
      'a.json': log({}, [sample('rec/Xq', 'C')]),
      'b.json': log(other(2, { model: 'lab/n' }), [sample('rec/Xq', 'I', { input: 'How long is it?' })]),
    });
    assert.equal(record.samples.length, 1);
  });
});
