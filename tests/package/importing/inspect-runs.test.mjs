// Tells the runs in logs of inspect_ai apart: settings, versions and repetitions.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspectImporter } from '../../../dist/importing/sources/inspect.js';
import { recordingSink, scoreLines, zip } from './fixtures.mjs';
import { log, other, read, sample, spec } from './inspect-logs.mjs';

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
